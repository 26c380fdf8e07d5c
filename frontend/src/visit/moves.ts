/**
 * Visits of this phone: kept here first, then told to the province under a pseudonym, by the page or by the service worker. A visit has
 * one id however often it is sent, so that it stands there once; coming and leaving may go together or one after the other.
 */
import { LONGEST_WAIT, backOff } from "../shared/backoff";
import { base64url } from "../kernel/codes/bytes";
import { uuid7 } from "../kernel/ids";
import * as db from "../shared/db";

export const ADDRESS = "/vao/ghi/";
export const SYNC_TAG = "lachan-visits";
/** Who never said goodbye counts as gone after so long; as the server has it. */
export const LONGEST_MS = 16 * 3_600_000;
const PATIENCE_MS = 20_000;
const TOKEN = /^[A-Za-z0-9_-]{22}$/;
const TOKEN_KEY = "!token"; // not an id: sorts before all of them
export const COOKIE = "lc_vao";

/** Times are Unix milliseconds by this phone. `told`: what the server has of it. */
export interface Visit {
  readonly id: string;
  readonly place: string;
  readonly name: string;
  readonly inAt: number;
  readonly outAt: number | null;
  readonly told: "nothing" | "in" | "all";
  readonly refused: string | null;
  readonly tries: number;
  readonly next: number;
}

/** This phone's pseudonym at venues. The cookie lets the pages that need no script know it too. */
export async function token(): Promise<string> {
  const kept = await db.get<string>("visits", TOKEN_KEY);
  const found = [kept, cookie()].find((text) => text !== undefined && TOKEN.test(text)) ?? base64url(crypto.getRandomValues(new Uint8Array(16)));
  if (found !== kept) await db.put("visits", TOKEN_KEY, found);
  return found;
}

function cookie(): string | undefined {
  if (typeof document === "undefined") return undefined;
  return document.cookie.split("; ").find((part) => part.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1);
}

/** Every visit that this phone keeps, newest first. */
export async function visits(): Promise<Visit[]> {
  const rows = (await db.all<Visit | string>("visits")).filter((row): row is Visit => typeof row === "object");
  return rows.sort((one, other) => other.inAt - one.inAt);
}

/** The visit that hasn't ended yet. */
export async function inside(place: string, now: number): Promise<Visit | undefined> {
  return (await visits()).find((row) => row.place === place && row.outAt === null && row.refused === null && row.inAt > now - LONGEST_MS);
}

/** Come in. Again while inside is the same visit. */
export async function enter(place: string, name: string, now: number): Promise<Visit> {
  const found = await inside(place, now);
  if (found) return found;
  const made: Visit = { id: uuid7(now), place, name, inAt: now, outAt: null, told: "nothing", refused: null, tries: 0, next: 0 };
  await db.put("visits", made.id, made);
  return made;
}

/** A visit that a page without scripts began. */
export async function adopt(id: string, place: string, name: string, inAt: number): Promise<void> {
  const row: Visit = { id, place, name, inAt, outAt: null, told: "in", refused: null, tries: 0, next: 0 };
  if (!(await db.get("visits", id))) await db.put("visits", id, row);
}

export async function leave(visit: Visit, now: number): Promise<Visit> {
  const left: Visit = { ...visit, outAt: Math.max(now, visit.inAt), told: visit.told === "all" ? "in" : visit.told, next: 0 };
  await db.put("visits", left.id, left);
  return left;
}

export function waits(row: Visit): boolean {
  return row.refused === null && (row.told === "nothing" || (row.outAt !== null && row.told !== "all"));
}

/** What is past its term goes; a visit that still waits is sent first, and refused by the server if it is too old. */
export async function tidy(keptDays: number, now: number): Promise<void> {
  for (const row of await visits()) if (row.inAt < now - keptDays * 86_400_000) await db.remove("visits", row.id);
}

/** All of them, and the pseudonym. */
export async function forget(): Promise<void> {
  for (const key of await db.keysOf("visits")) await db.remove("visits", key);
}

let running: Promise<number | null> | null = null;

/** Send what is due; `force` also what should wait. Gives the seconds until something is due, null when all is told. */
export function flush(now: number, force = false): Promise<number | null> {
  running ??= sendDue(now, force).finally(() => {
    running = null;
  });
  return running;
}

async function sendDue(now: number, force: boolean): Promise<number | null> {
  let soonest: number | null = null;
  for (const row of (await visits()).reverse()) {
    if (!waits(row)) continue;
    const wait = force || row.next <= now ? await send(row, now) : (row.next - now) / 1000;
    if (wait !== null) soonest = Math.min(soonest ?? Infinity, wait);
  }
  return soonest;
}

/** One try. What isn't our own answer (no network, a captive portal, a broken proxy) means: later. */
async function send(row: Visit, now: number): Promise<number | null> {
  const body = { id: row.id, place: row.place, token: await token(), in_at: iso(row.inAt), out_at: row.outAt === null ? null : iso(row.outAt) };
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  try {
    const answer = await fetch(ADDRESS, { method: "POST", headers: { "content-type": "application/json", accept: "application/json" }, body: JSON.stringify(body), signal: stop.signal });
    return await settle(row, answer, now);
  } catch {
    return later(row, backOff(row.tries), now);
  } finally {
    clearTimeout(timer);
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

async function settle(row: Visit, answer: Response, now: number): Promise<number | null> {
  const wait = Math.min(Number(answer.headers.get("retry-after")) || backOff(row.tries), LONGEST_WAIT);
  if (answer.status === 429 || answer.status >= 500) return later(row, wait, now);
  const said = (await answer.json()) as { id?: string; error?: string };
  if (answer.status === 200 && said.id === row.id) return done(row);
  if (typeof said.error === "string") return refuse(row, said.error);
  return later(row, wait, now);
}

/** The row as it is now: its owner may have left while it was being sent. */
async function current(row: Visit): Promise<Visit | undefined> {
  return db.get<Visit>("visits", row.id);
}

async function done(sent: Visit): Promise<number | null> {
  const row = await current(sent);
  if (!row) return null;
  const told = row.outAt === sent.outAt && sent.outAt !== null ? "all" : "in";
  const kept: Visit = { ...row, told, tries: 0, next: 0 };
  await db.put("visits", row.id, kept);
  return waits(kept) ? 0 : null;
}

async function refuse(sent: Visit, error: string): Promise<null> {
  const row = await current(sent);
  if (row) await db.put("visits", row.id, { ...row, refused: error } satisfies Visit);
  return null;
}

async function later(sent: Visit, seconds: number, now: number): Promise<number> {
  const row = await current(sent);
  if (row) await db.put("visits", row.id, { ...row, tries: row.tries + 1, next: now + seconds * 1000 } satisfies Visit);
  return seconds;
}
