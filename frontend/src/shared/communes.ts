/** Communes by typing, without accents and without a network: the province's own list is kept on the device. */
import { fold } from "../kernel/text";
import { type Unit, searchUnits } from "./units";
import { getRaw, putRaw } from "./db";

type Row = readonly [path: string, name: string, district: string, folded: string];

const ADDRESS = "/don-vi/tat-ca.json";
const MOST = 8;
let loaded: Promise<readonly Row[]> | null = null;

export function communes(): Promise<readonly Row[]> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<readonly Row[]> {
  const kept = await getRaw<Row[]>("bundles", ADDRESS);
  const fresh = refresh();
  return kept ?? (await fresh) ?? [];
}

async function refresh(): Promise<Row[] | null> {
  try {
    const answer = await fetch(ADDRESS);
    if (!answer.ok) return null;
    const rows = ((await answer.json()) as { communes: Row[] }).communes;
    await putRaw("bundles", ADDRESS, rows);
    return rows;
  } catch {
    return null;
  }
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

/** What the picker asks: this device first, then the server for the rest of the country. */
export async function search(text: string): Promise<Unit[]> {
  const own = find(await communes(), text);
  if (own.length > 0) return own;
  return searchUnits(text).catch(() => []);
}

export async function nameOf(path: string): Promise<string> {
  const row = (await communes()).find(([known]) => known === path);
  return row ? labelOf(row) : path;
}
