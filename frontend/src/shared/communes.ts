/** Communes by typing, without accents and without a network: the province's own list is kept on the device. */
import { fold } from "../kernel/text";
import { type Unit, searchUnits } from "./units";
import { getRaw, putRaw } from "./db";

export type Row = readonly [path: string, name: string, district: string, folded: string];
interface Answer {
  readonly communes: readonly Row[];
  /** Where the country's list is: another address whenever it changes. */
  readonly country?: string;
}
interface Country {
  /** Names of provinces and districts by path. */
  readonly above: Readonly<Record<string, string>>;
  readonly communes: readonly (readonly [path: string, name: string])[];
}
interface KeptCountry {
  readonly address: string;
  readonly content: Country;
}

const ADDRESS = "/don-vi/tat-ca.json";
const COUNTRY = "/don-vi/ca-nuoc.json";
const MOST = 8;
let loaded: Promise<readonly Row[]> | null = null;
let asked: Promise<Answer | null> | null = null;
let whole: Promise<readonly Row[]> | null = null;

/** The province's own. */
export function communes(): Promise<readonly Row[]> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<readonly Row[]> {
  const kept = await getRaw<Row[]>("bundles", ADDRESS);
  const fresh = ask();
  return kept ?? (await fresh)?.communes ?? [];
}

function ask(): Promise<Answer | null> {
  asked ??= refresh().then((answer) => {
    if (answer === null) asked = null; // the next try may have a network
    return answer;
  });
  return asked;
}

async function refresh(): Promise<Answer | null> {
  try {
    const answer = await fetch(ADDRESS);
    if (!answer.ok) return null;
    const said = (await answer.json()) as Answer;
    await putRaw("bundles", ADDRESS, said.communes);
    return said;
  } catch {
    return null;
  }
}

// The whole country: for those whom travellers come to

/** Fetch and keep the country's communes, when they aren't here or have changed; 75 kB. */
export async function keepCountry(): Promise<void> {
  const address = (await ask())?.country;
  if (!address || (await getRaw<KeptCountry>("bundles", COUNTRY))?.address === address) return;
  try {
    const answer = await fetch(address);
    if (!answer.ok) return;
    await putRaw("bundles", COUNTRY, { address, content: (await answer.json()) as Country } satisfies KeptCountry);
    whole = null;
  } catch {
    // at the next start
  }
}

/** What is kept of the country; empty where nothing is. */
export function country(): Promise<readonly Row[]> {
  whole ??= getRaw<KeptCountry>("bundles", COUNTRY).then((kept) => (kept ? rowsOf(kept.content) : []));
  return whole;
}

function rowsOf({ above, communes: all }: Country): Row[] {
  return all.map(([path, name]) => {
    const names = parents(path).map((parent) => above[parent] ?? "").filter(Boolean).join(", ");
    return [path, name, names, fold(`${name} ${names}`).replace(/,/g, "")] as const;
  });
}

/** `79/760/26740/` lies in `79/760/`, and that in `79/`. */
function parents(path: string): string[] {
  const parts = path.split("/").filter(Boolean).slice(0, -1);
  return parts.map((_part, at) => `${parts.slice(0, parts.length - at).join("/")}/`);
}

export function labelOf([, name, district]: Row): string {
  return district ? `${name}, ${district}` : name;
}

/** Every typed word must begin a word of the name or of what is above it; words of the own name count more. */
export function find(rows: readonly Row[], text: string): Unit[] {
  const words = fold(text).replace(/,/g, " ").split(" ").filter(Boolean);
  if (words.length === 0) return [];
  const scored = rows
    .map((row) => ({ row, score: score(row, words, text) }))
    .filter(({ score: value }) => value > 0)
    .sort((a, b) => b.score - a.score || a.row[1].localeCompare(b.row[1], "vi"));
  return scored.slice(0, MOST).map(({ row }) => ({ path: row[0], label: labelOf(row) }));
}

function score([, name, , folded]: Row, words: readonly string[], typed: string): number {
  const own = fold(name);
  if (!words.every((word) => ` ${folded}`.includes(` ${word}`))) return 0;
  const query = words.join(" ");
  let value = 1 + words.filter((word) => ` ${own}`.includes(` ${word}`)).length * 10;
  if (` ${own}`.includes(` ${query}`)) value += 100;
  if (own.endsWith(query)) value += 50;
  if (name.toLowerCase().includes(typed.trim().toLowerCase())) value += 20; // the very accents
  return value;
}

/** What the picker asks: the province, then the country as far as this device has it, else the server. */
export async function search(text: string): Promise<Unit[]> {
  const own = find(await communes(), text);
  if (own.length >= MOST) return own;
  const away = find(await country(), text).filter(({ path }) => !own.some((unit) => unit.path === path));
  if (own.length + away.length > 0) return [...own, ...away].slice(0, MOST);
  return searchUnits(text).catch(() => []);
}

export async function nameOf(path: string): Promise<string> {
  const known = ([own]: Row): boolean => own === path;
  const row = (await communes()).find(known) ?? (await country()).find(known);
  return row ? labelOf(row) : path;
}
