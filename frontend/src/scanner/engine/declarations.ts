/** Declarations that the officer took for people without a phone: kept sealed, sent to the intake, their answer kept for a day. */
import { send } from "../../declare/queue";
import type { Answer, Refusal, Submission } from "../../declare/wire";
import { asked, keep, kept, keys, within } from "./store";

export interface Assisted {
  readonly submission: Submission;
  readonly who: string;
  /** The code for the printed card, signed by this device until the province has confirmed. */
  readonly claim: string;
  readonly tries: number;
  readonly next: number;
  readonly answer: Answer | null;
  readonly refused: readonly Refusal[] | null;
}
const KEPT_MS = 24 * 3_600_000;

export function add(one: Assisted): Promise<void> {
  return keep("declarations", one.submission.id, one);
}

export function find(id: string): Promise<Assisted | undefined> {
  return kept<Assisted>("declarations", id);
}

async function all(): Promise<Assisted[]> {
  const rows = await Promise.all((await keys("declarations")).map((key) => kept<Assisted>("declarations", key)));
  return rows.filter((row) => row !== undefined);
}

export async function waiting(): Promise<number> {
  return (await all()).filter((row) => row.answer === null && row.refused === null).length;
}

/** Send what is due. Gives the seconds until something is due, null when nothing waits. */
export async function flush(now: number, force = false): Promise<number | null> {
  let soonest: number | null = null;
  for (const row of await all()) {
    if (row.answer || row.refused) {
      await forgetOld(row, now);
      continue;
    }
    const seconds = force || row.next <= now ? await attempt(row, now) : (row.next - now) / 1000;
    if (seconds !== null) soonest = Math.min(soonest ?? Infinity, seconds);
  }
  return soonest;
}

async function attempt(row: Assisted, now: number): Promise<number | null> {
  const outcome = await send(row.submission, row.tries);
  if (outcome.kind === "later") {
    await add({ ...row, tries: row.tries + 1, next: now + outcome.seconds * 1000 });
    return outcome.seconds;
  }
  await add(outcome.kind === "accepted" ? { ...row, answer: outcome.answer } : { ...row, refused: outcome.fields });
  return null;
}

async function forgetOld(row: Assisted, now: number): Promise<void> {
  if (Date.parse(row.submission.occurred_at) > now - KEPT_MS) return;
  await within(["declarations"], "readwrite", (stores) => asked(stores("declarations").delete(row.submission.id)));
}
