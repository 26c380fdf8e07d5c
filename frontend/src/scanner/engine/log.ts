/**
 * The device's log: append-only, each line chained to the one before, one transaction a line. A scan is on the disk (as a draft)
 * before its decision is shown; "next" makes it a line, once, however often it is tried and whenever the tab was killed.
 */
import { type Bytes, equal, utf8 } from "../../kernel/codes/bytes";
import { type Line, START, bodyOf as written, step } from "../../kernel/scanlog";
import { type Sealed, type Stores, asked, seal, unseal, within } from "./store";

/** How long the officer's own list reaches back once the province has a scan. */
export const KEPT_MS = 24 * 3_600_000;
const TRIES = 8;

export interface Head {
  readonly log: string;
  /** Number that the next line gets, and the chain's head before it. */
  readonly next: number;
  readonly head: Bytes;
  /** How far the province has it. */
  readonly acked: number;
  readonly ackedHead: Bytes;
  /** The log is closed on the province's side; a new one is needed. */
  readonly forked: boolean;
}
export interface Entry extends Sealed {
  readonly log: string;
  readonly seq: number;
  readonly id: string;
  readonly at: number;
  /** The chain's head after this line. */
  readonly head: Bytes;
  /** When the province acknowledged it, ms; 0 before. */
  readonly acked: number;
}

export function placeOf(log: string, seq: number): string {
  return `entries/${log}/${seq}`;
}

export function headIn(stores: Stores): Promise<Head | undefined> {
  return asked(stores("state").get("log") as IDBRequest<Head | undefined>);
}

export function head(): Promise<Head | undefined> {
  return within(["state"], "readonly", headIn);
}

/** Begin a log, inside a transaction over state, entries and drafts. What an older log hasn't sent waits to be written into it. */
export async function openLog(stores: Stores, log: string): Promise<void> {
  const before = await headIn(stores);
  if (before?.log === log) return;
  await asked(stores("state").put({ log, next: 1, head: START, acked: 1, ackedHead: START, forked: false } satisfies Head, "log"));
}

// Drafts

/** A holder's signature that counts once: kept with the scan that used it; those from before `old` (ms) are forgotten. */
export interface Used {
  readonly nonce: string;
  readonly at: number;
  readonly old: number;
}

/** Keep a scan before it is shown. Throws StorageBroken. */
export async function draft(line: Line, used?: Used): Promise<void> {
  const sealed = await seal(`drafts/${line.id}`, JSON.stringify(line));
  await within(["drafts", "seen"], "readwrite", async (stores) => {
    await asked(stores("drafts").put(sealed, line.id));
    if (!used) return;
    await asked(stores("seen").put(used.at, used.nonce));
    await forgetBefore(stores("seen"), used.old);
  });
}

function forgetBefore(seen: IDBObjectStore, old: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = seen.openCursor();
    request.onerror = () => reject(request.error ?? new Error("cursor"));
    request.onsuccess = () => {
      const cursor = request.result;
      if (!cursor) return resolve();
      if ((cursor.value as number) < old) cursor.delete();
      cursor.continue();
    };
  });
}

export async function drafts(): Promise<Line[]> {
  const rows = await within(["drafts"], "readonly", async (stores) => {
    const [keys, values] = [await asked(stores("drafts").getAllKeys()), await asked(stores("drafts").getAll() as IDBRequest<Sealed[]>)];
    return keys.map((key, at) => [String(key), values[at] as Sealed] as const);
  });
  const lines = await Promise.all(rows.map(async ([key, sealed]) => JSON.parse(await unseal(`drafts/${key}`, sealed)) as Line));
  return lines.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Make lines of what a killed tab left behind, as it stood. Gives how many. */
export async function recover(): Promise<number> {
  const left = await drafts();
  for (const line of left) await append(line);
  return left.length;
}

// Lines

/** Write a scan into the log, take its draft away, all or nothing. A scan that is there already isn't written again. Throws StorageBroken. */
export async function append(line: Line): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    const now = await head();
    if (now === undefined) throw new Error("not enrolled");
    const entry = await made(line, now);
    if (await put(entry, now)) return;
  }
  throw new Error("the log is busy");
}

async function made(line: Line, now: Head): Promise<Entry> {
  const text = written(line, now.next);
  const [after, sealed] = await Promise.all([step(now.head, utf8(text)), seal(placeOf(now.log, now.next), text)]);
  return { log: now.log, seq: now.next, id: line.id, at: Date.parse(line.at), head: after, acked: 0, ...sealed };
}

/** False when another writer was faster: the line must be made again for the new head. */
function put(entry: Entry, expected: Head): Promise<boolean> {
  return within(["state", "entries", "drafts"], "readwrite", async (stores) => {
    const now = await headIn(stores);
    if (now === undefined || now.log !== expected.log || now.next !== expected.next || !equal(now.head, expected.head)) return false;
    const there = await asked(stores("entries").index("id").getKey(entry.id));
    if (there === undefined) {
      await asked(stores("entries").add(entry));
      await asked(stores("state").put({ ...now, next: now.next + 1, head: entry.head } satisfies Head, "log"));
    }
    await asked(stores("drafts").delete(entry.id));
    return true;
  });
}

export async function bodyOf(entry: Entry): Promise<string> {
  return unseal(placeOf(entry.log, entry.seq), entry);
}

/** Lines of a log from a number on, at most so many. */
export function linesFrom(log: string, from: number, most: number): Promise<Entry[]> {
  return within(["entries"], "readonly", (stores) =>
    asked(stores("entries").getAll(IDBKeyRange.bound([log, from], [log, Infinity]), most) as IDBRequest<Entry[]>),
  );
}

/** Scans that the province doesn't have yet. */
export function unsent(): Promise<number> {
  return within(["entries", "drafts", "declarations"], "readonly", async (stores) => {
    const lines = await asked(stores("entries").index("acked").count(0));
    return lines + (await asked(stores("drafts").count()));
  });
}

/** The newest lines for the officer's own list. */
export async function recent(most: number): Promise<{ entry: Entry; body: Line & { seq: number } }[]> {
  const rows = await within(["entries"], "readonly", (stores) => asked(stores("entries").getAll() as IDBRequest<Entry[]>));
  const newest = rows.sort((a, b) => b.at - a.at).slice(0, most);
  return Promise.all(newest.map(async (entry) => ({ entry, body: JSON.parse(await bodyOf(entry)) as Line & { seq: number } })));
}

/** The province has everything before `next`. */
export function acknowledge(log: string, next: number, after: Bytes, now: number): Promise<void> {
  return within(["state", "entries"], "readwrite", async (stores) => {
    const state = await headIn(stores);
    if (state === undefined || state.log !== log || next > state.next) return;
    const waiting = (await asked(stores("entries").index("acked").getAll(0) as IDBRequest<Entry[]>)).filter((row) => row.log === log && row.seq < next);
    for (const row of waiting) await asked(stores("entries").put({ ...row, acked: now } satisfies Entry));
    await asked(stores("state").put({ ...state, acked: next, ackedHead: after } satisfies Head, "log"));
  });
}

/** The province has less than we thought (it came back from a copy): what lies after waits again. */
export function goBack(log: string, next: number, before: Bytes): Promise<void> {
  return within(["state", "entries"], "readwrite", async (stores) => {
    const state = await headIn(stores);
    if (state === undefined || state.log !== log) return;
    const range = IDBKeyRange.bound([log, next], [log, Infinity]);
    for (const row of await asked(stores("entries").getAll(range) as IDBRequest<Entry[]>)) {
      if (row.acked) await asked(stores("entries").put({ ...row, acked: 0 } satisfies Entry));
    }
    await asked(stores("state").put({ ...state, acked: next, ackedHead: before } satisfies Head, "log"));
  });
}

export function markForked(log: string): Promise<void> {
  return within(["state"], "readwrite", async (stores) => {
    const state = await headIn(stores);
    if (state?.log === log) await asked(stores("state").put({ ...state, forked: true } satisfies Head, "log"));
  });
}

/**
 * Write what the province hasn't into a new log: the same scans under the same ids, chained anew, in one transaction. `given`: how
 * far the closed log got at the province, so that what it has isn't sent twice.
 */
export async function moveTo(log: string): Promise<void> {
  const old = await within(["entries"], "readonly", (stores) => asked(stores("entries").index("acked").getAll(0) as IDBRequest<Entry[]>));
  const sorted = old.filter((row) => row.log !== log).sort((a, b) => (a.log === b.log ? a.seq - b.seq : a.log < b.log ? -1 : 1));
  const state = await head();
  let before = state?.log === log ? state.head : START;
  let seq = state?.log === log ? state.next : 1;
  const rows: Entry[] = [];
  for (const row of sorted) {
    const { seq: _old, ...line } = JSON.parse(await bodyOf(row)) as Line & { seq: number };
    const entry = await made(line, { log, next: seq, head: before, acked: 1, ackedHead: START, forked: false });
    rows.push(entry);
    before = entry.head;
    seq += 1;
  }
  await within(["state", "entries", "drafts"], "readwrite", async (stores) => {
    await openLog(stores, log);
    const now = (await headIn(stores)) as Head;
    if (now.next !== seq - rows.length) throw new Error("the log is busy");
    for (const row of sorted) await asked(stores("entries").delete([row.log, row.seq]));
    for (const row of rows) await asked(stores("entries").add(row));
    await asked(stores("state").put({ ...now, next: seq, head: before } satisfies Head, "log"));
  });
}

/** Forget what the province has had for a day. Gives how many lines went. */
export function prune(now: number): Promise<number> {
  return within(["entries"], "readwrite", async (stores) => {
    const old = await asked(stores("entries").index("acked").getAllKeys(IDBKeyRange.bound(1, now - KEPT_MS)));
    for (const key of old) await asked(stores("entries").delete(key));
    return old.length;
  });
}
