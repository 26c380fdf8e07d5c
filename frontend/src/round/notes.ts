/**
 * What was seen at the doors: kept here first, sealed, then brought to the province under the account that noted it, by the page or by the
 * service worker. Each has one id however often it is sent, so that it stands there once.
 */
import { LONGEST_WAIT, backOff } from "../shared/backoff";
import { type Reply, ask, json, later } from "../shared/net";
import { uuid7 } from "../kernel/ids";
import { asked } from "../shared/vault";
import { ENDED, type Household, type Kept, type Worry } from "./list";
import { tell, vault } from "./store";

export const ADDRESS = "/tuan/ghi/";
export const SYNC_TAG = "lachan-round";
/** As long as a note may be taken back before it is sent. */
export const HOLD_MS = 8_000;
export const FEVER = 37.5;
const LOCK = "lachan-round-send";
const MOST = 100;
const STATE = "sync";

export interface Seen {
  readonly absent?: boolean;
  readonly refused?: boolean;
  readonly symptoms?: readonly string[];
  readonly temperature?: number | null;
  readonly needs?: readonly string[];
  readonly note?: string;
}
/** Times in Unix ms: `at` by the server's clock as far as this phone knows it, `hold` by its own. `seen` until the province has it. */
export interface Note {
  readonly id: string;
  readonly account: string;
  readonly user: string;
  readonly team: string;
  readonly household: string;
  readonly number: number;
  readonly member: string;
  readonly at: number;
  readonly hold: number;
  readonly state: "waiting" | "kept" | "refused";
  readonly worry: Worry;
  readonly seen: Seen | null;
  readonly why: string;
}
/** What stands in the way of sending. other: somebody else is signed in · team: the account goes with no team any more. */
export type Trouble = "" | "offline" | "busy" | "signin" | "other" | "team" | "barred";
export interface SyncState {
  readonly tries: number;
  /** Not before this moment, Unix ms. */
  readonly next: number;
  readonly trouble: Trouble;
}
const RESTED: SyncState = { tries: 0, next: 0, trouble: "" };

/** The gravest of it, as the province will say. */
export function worryOf(seen: Seen): Worry {
  if (seen.symptoms?.length || (seen.temperature ?? 0) >= FEVER) return "symptoms";
  if (seen.refused) return "refused";
  if (seen.absent) return "absent";
  return seen.needs?.length ? "needs" : "";
}

/** Keep a note. When this comes back it is on the disk. Throws StorageBroken: then nothing was noted. */
export async function add(of: Kept, door: Household, member: string, seen: Seen, now: number): Promise<Note> {
  const { account, user, team } = of.list;
  const at = now - of.ahead;
  const made: Note = {
    id: uuid7(at), account, user, team, household: door.id, number: door.number, member, at, hold: now + HOLD_MS, state: "waiting", worry: worryOf(seen), seen, why: "",
  }; // prettier-ignore
  await vault.keep("notes", made.id, made);
  tell();
  return made;
}

/** Every note on this phone, the oldest first. What can't be opened any more is left out. */
export async function all(): Promise<Note[]> {
  const rows = await Promise.all((await vault.keys("notes")).map((key) => vault.kept<Note>("notes", key).catch(() => undefined)));
  return rows.filter((row) => row !== undefined).sort((one, other) => one.at - other.at);
}

/** How many lie here that the province hasn't, opened or not. */
export function waiting(notes: readonly Note[]): Note[] {
  return notes.filter((note) => note.state === "waiting");
}

/** Take a note back that wasn't sent yet; false when it is too late. Never in the middle of sending. */
export async function undo(note: Note, now: number): Promise<boolean> {
  const act = async (): Promise<boolean> => {
    const row = await vault.kept<Note>("notes", note.id);
    if (row?.state !== "waiting") return false;
    await vault.drop("notes", note.id);
    tell();
    return true;
  };
  return now < note.hold ? act() : alone(act); // while it is held nobody sends it
}

/** A refused note that somebody has read goes. */
export async function dismiss(id: string): Promise<void> {
  await vault.drop("notes", id);
  tell();
}

/** Notes that the server tells of itself, and those of another day, needn't lie here. */
export async function tidy(known: ReadonlySet<string>, oldest: number): Promise<void> {
  for (const note of await all()) if (note.state === "kept" && (known.has(note.id) || note.at < oldest)) await vault.drop("notes", note.id);
}

/** The shift is over: names and what was sent go; what waits stays sealed; without any such, the key goes too. */
export async function endShift(): Promise<void> {
  for (const note of await all()) if (note.state === "kept") await vault.drop("notes", note.id);
  await vault.within(["keys", "state", "list", "notes"], "readwrite", async (stores) => {
    const ended = (await asked(stores("state").get(ENDED) as IDBRequest<number | undefined>)) ?? 0;
    await asked(stores("state").put(ended + 1, ENDED));
    await asked(stores("list").clear());
    if ((await asked(stores("notes").count())) === 0) await asked(stores("keys").clear());
  });
  vault.forgetSealing();
  tell();
}

/** Whether this phone goes round with a team. */
export async function used(): Promise<boolean> {
  return (await vault.keys("list")).length > 0 || (await vault.keys("notes")).length > 0;
}

// Sending

export async function sync(): Promise<SyncState> {
  return (await vault.read<SyncState>("state", STATE)) ?? RESTED;
}

/** One at a time over all tabs and the service worker. */
function alone<T>(act: () => Promise<T>): Promise<T> {
  if (typeof navigator === "undefined" || !navigator.locks) return act();
  return navigator.locks.request(LOCK, act) as Promise<T>;
}

/** Send what is due; `force` also before its time, but never what may still be taken back. Seconds until the next try, null when all is sent. */
export function flush(now: () => number, force = false): Promise<number | null> {
  return alone(() => flushAlone(now, force));
}

async function flushAlone(now: () => number, force: boolean): Promise<number | null> {
  const rows = waiting(await all());
  if (rows.length === 0) return settle(RESTED, null);
  const held = Math.min(...rows.map((note) => Math.max(0, note.hold - now()))) / 1000;
  const { next } = await sync();
  if (!force && next > now()) return (next - now()) / 1000;
  const due = rows.filter((note) => note.hold <= now());
  if (due.length === 0) return held;
  let trouble: Trouble = "";
  let seconds = 0;
  for (const batch of batches(due)) {
    const said = await send(batch, (await sync()).tries);
    if (said === null) continue;
    [trouble, seconds] = [said.trouble, Math.max(seconds, said.seconds)];
    if (said.trouble !== "other") break;
  }
  if (trouble) return settle({ tries: (await sync()).tries + 1, next: now() + seconds * 1000, trouble }, seconds);
  return settle(RESTED, waiting(await all()).length > 0 ? Math.max(1, held) : null);
}

async function settle(state: SyncState, seconds: number | null): Promise<number | null> {
  const before = await sync();
  if (before.tries === state.tries && before.trouble === state.trouble && before.next === state.next) return seconds;
  await vault.write("state", STATE, state);
  tell();
  return seconds;
}

/** By who noted them with which team, and not too many at once. */
function batches(notes: readonly Note[]): Note[][] {
  const found = new Map<string, Note[][]>();
  for (const note of notes) {
    const mine = found.get(`${note.account} ${note.team}`) ?? [[]];
    found.set(`${note.account} ${note.team}`, mine);
    if ((mine[mine.length - 1] as Note[]).length >= MOST) mine.push([]);
    (mine[mine.length - 1] as Note[]).push(note);
  }
  return [...found.values()].flat();
}

interface Failed {
  readonly trouble: Exclude<Trouble, "">;
  readonly seconds: number;
}

/** One try; null when the province has said something of each. */
async function send(batch: readonly Note[], tries: number): Promise<Failed | null> {
  const { account, team } = batch[0] as Note;
  const body = { account, items: batch.map(wire) };
  const how = json(body);
  const reply = await ask(`${ADDRESS}?to=${team}`, { ...how, headers: { ...how.headers, "x-csrftoken": await csrf() } });
  const failed = failure(reply, tries);
  if (failed) return failed;
  const results = reply?.body.results as readonly { id: string; status: string; message?: string }[];
  const said = new Map(results.map((one) => [one.id, one]));
  for (const note of batch) {
    const one = said.get(note.id);
    if (one?.status === "kept") await vault.keep("notes", note.id, { ...note, state: "kept", seen: null } satisfies Note);
    else if (one?.status === "refused") await vault.keep("notes", note.id, { ...note, state: "refused", why: one.message ?? "" } satisfies Note);
  }
  tell();
  return batch.every((note) => said.has(note.id)) ? null : { trouble: "barred", seconds: backOff(tries) };
}

function failure(reply: Reply | null, tries: number): Failed | null {
  if (reply === null) return { trouble: "offline", seconds: backOff(tries) };
  if (reply.moved) return { trouble: "signin", seconds: LONGEST_WAIT };
  if (reply.status === 429 || reply.status >= 500) return { trouble: "busy", seconds: later(reply, tries) };
  if (reply.status === 409) return { trouble: reply.body.error === "other_account" ? "other" : "team", seconds: LONGEST_WAIT };
  return reply.status === 200 && Array.isArray(reply.body.results) ? null : { trouble: "barred", seconds: backOff(tries + 2) };
}

function wire(note: Note): object {
  return { ...note.seen, id: note.id, household: note.household, member: note.member || null, occurred_at: new Date(note.at).toISOString() };
}

const COOKIE = "lc_csrf";

/** The token that a form would carry; the service worker sees no cookies but by the newer way. */
async function csrf(): Promise<string> {
  if (typeof document !== "undefined") return document.cookie.split("; ").find((part) => part.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1) ?? "";
  const { cookieStore } = globalThis as { cookieStore?: { get(name: string): Promise<{ value: string } | null> } };
  return (await cookieStore?.get(COOKIE))?.value ?? "";
}
