/**
 * This device's clock, and whether it can be believed. The latest moment ever seen (from the province's bundle, or by this device
 * itself) is kept: whoever turns the clock back doesn't bring an expired bundle back to life.
 */
import { asked, read, within } from "./store";

/** Seconds that a clock may stand behind without being called wrong. */
export const SLACK = 120;

export interface Seen {
  /** Unix seconds of the latest moment seen. */
  readonly latest: number;
  /** Milliseconds that this page and the ones before it have run since the device enrolled. */
  readonly ran: number;
}

let seen: Seen = { latest: 0, ran: 0 };
let since = 0;

let started: Promise<void> | null = null;

/** Once a page (or worker); later calls wait for the first. */
export function start(): Promise<void> {
  started ??= begin().catch((error: unknown) => {
    started = null;
    throw error;
  });
  return started;
}

/** For tests: another page. */
export function restart(): Promise<void> {
  started = null;
  return start();
}

async function begin(): Promise<void> {
  seen = (await read<Seen>("state", "clock")) ?? { latest: 0, ran: 0 };
  since = performance.now();
}

export function now(): number {
  return Math.floor(Date.now() / 1000);
}

/** Milliseconds run since enrolment: never jumps, and stands still while the page is closed. */
export function ran(): number {
  return Math.round(seen.ran + performance.now() - since);
}

/** The moment to judge by: the clock's, or the latest one seen when the clock has gone back. */
export function judged(at = now()): number {
  return Math.max(at, seen.latest);
}

export function wentBack(at = now()): boolean {
  return at < seen.latest - SLACK;
}

/** Note that this moment has been; kept on the disk, at most once a minute. */
export async function note(at = now()): Promise<void> {
  if (at < seen.latest + 60) return;
  await set(at);
}

/** The province said what time it is: that counts, also when a wrong clock had run ahead. */
export async function trust(at: number): Promise<void> {
  await set(at);
}

async function set(latest: number): Promise<void> {
  const own = ran();
  since = performance.now();
  seen = await within(["state"], "readwrite", async (stores) => {
    const kept = await asked(stores("state").get("clock") as IDBRequest<Seen | undefined>);
    const merged = { latest, ran: Math.max(own, kept?.ran ?? 0) };
    await asked(stores("state").put(merged, "clock"));
    return merged;
  });
}
