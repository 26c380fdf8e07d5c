/**
 * Declarations on their way: kept first, then sent, by the page or by the service worker. The same id is sent each time, so however
 * often it is tried there is one declaration.
 */
import * as db from "../shared/db";
import { LONGEST_WAIT, backOff } from "../shared/backoff";
import { type Answer, INTAKE, type Kept, type Queued, type Refusal, type Submission } from "./wire";

export type Outcome =
  | { readonly kind: "accepted"; readonly answer: Answer }
  | { readonly kind: "refused"; readonly fields: readonly Refusal[] }
  | { readonly kind: "later"; readonly seconds: number };

const PATIENCE_MS = 20_000;
export const SYNC_TAG = "lachan-queue";
export const CHANNEL = "lachan";

export async function add(submission: Submission, kept: Kept): Promise<void> {
  await db.put("kept", kept.id, kept);
  await db.put("queue", submission.id, { submission, tries: 0, next: 0 } satisfies Queued);
}

export function waiting(): Promise<Queued[]> {
  return db.all<Queued>("queue");
}

/** Try everything that is due; `force` also what should wait. Gives the seconds until something is due, null when all is sent. */
export async function flush(now: number, force = false): Promise<number | null> {
  let soonest: number | null = null;
  for (const row of await waiting()) {
    const due = force || row.next <= now;
    const outcome = due ? await attempt(row, now) : ({ kind: "later", seconds: (row.next - now) / 1000 } as const);
    if (outcome.kind === "later") soonest = Math.min(soonest ?? Infinity, outcome.seconds);
  }
  return soonest;
}

async function attempt(row: Queued, now: number): Promise<Outcome> {
  const outcome = await send(row.submission, row.tries);
  const { id } = row.submission;
  if (outcome.kind === "later") {
    await db.put("queue", id, { ...row, tries: row.tries + 1, next: now + outcome.seconds * 1000 } satisfies Queued);
    return outcome;
  }
  const kept = await db.get<Kept>("kept", id);
  if (kept) await db.put("kept", id, settled(kept, outcome));
  await db.remove("queue", id);
  tell(id);
  return outcome;
}

function settled(kept: Kept, outcome: Exclude<Outcome, { kind: "later" }>): Kept {
  if (outcome.kind === "accepted") return { ...kept, submission: null, answer: outcome.answer, refused: null, advice: [] };
  return { ...kept, refused: outcome.fields };
}

/** One try. What isn't the intake's own answer (no network, a captive portal, a broken proxy) means: later. */
export async function send(submission: Submission, tries = 0): Promise<Outcome> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  try {
    const answer = await fetch(INTAKE, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify(submission),
      credentials: "omit",
      signal: stop.signal,
    });
    return await read(answer, submission, tries);
  } catch {
    return { kind: "later", seconds: backOff(tries) };
  } finally {
    clearTimeout(timer);
  }
}

async function read(answer: Response, submission: Submission, tries: number): Promise<Outcome> {
  const wait = Math.min(Number(answer.headers.get("retry-after")) || backOff(tries), LONGEST_WAIT);
  if (answer.status === 429 || answer.status >= 500) return { kind: "later", seconds: wait };
  const body = (await answer.json()) as Record<string, unknown>;
  if ((answer.status === 200 || answer.status === 201) && body.id === submission.id) {
    return { kind: "accepted", answer: body as unknown as Answer };
  }
  if (answer.status === 422 && Array.isArray(body.fields)) return { kind: "refused", fields: body.fields as Refusal[] };
  if (typeof body.error === "string") return { kind: "refused", fields: [{ field: "", code: body.error }] };
  return { kind: "later", seconds: wait };
}

/** Say to every open page, and to the one that sent, that this declaration has changed. */
function tell(id: string): void {
  listeners.forEach((listener) => listener(id));
  if (typeof BroadcastChannel === "undefined") return;
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(id);
  channel.close();
}

const listeners = new Set<(id: string) => void>();

export function onSettled(listener: (id: string) => void): () => void {
  listeners.add(listener);
  const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(CHANNEL);
  if (channel) channel.onmessage = (event: MessageEvent<string>) => listener(event.data);
  return () => {
    listeners.delete(listener);
    channel?.close();
  };
}
