/** One question to our own server, answered by the server itself or not at all. */
import { LONGEST_WAIT, backOff } from "./backoff";

const PATIENCE_MS = 20_000;

export interface Reply {
  readonly status: number;
  readonly body: Record<string, unknown>;
  /** Seconds that the server asks to be left alone; 0 when it doesn't say. */
  readonly wait: number;
  /** The server's clock in Unix seconds; null when it doesn't say. */
  readonly date: number | null;
  /** Where the server led to instead, as a path; empty where it answered itself. */
  readonly moved: string;
}

/** The reply of the server, null when there was none (no network, a captive portal). */
export async function ask(path: string, how: RequestInit, patience = PATIENCE_MS): Promise<Reply | null> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), patience);
  try {
    const answer = await fetch(path, { cache: "no-store", ...how, signal: stop.signal });
    const about = { status: answer.status, wait: waitOf(answer), date: dateOf(answer) };
    if (answer.redirected) return { ...about, body: {}, moved: new URL(answer.url).pathname };
    const said = answer.status === 204 ? {} : ((await answer.json()) as unknown);
    if (said === null || typeof said !== "object" || Array.isArray(said)) return null;
    return { ...about, body: said as Record<string, unknown>, moved: "" };
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

/** What a POST of JSON is made of. */
export function json(body: object): RequestInit {
  return { method: "POST", headers: { "content-type": "application/json", accept: "application/json" }, body: JSON.stringify(body) };
}

function waitOf(answer: Response): number {
  const seconds = Number(answer.headers.get("retry-after"));
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), LONGEST_WAIT) : 0;
}

function dateOf(answer: Response): number | null {
  const ms = Date.parse(answer.headers.get("date") ?? "");
  return Number.isNaN(ms) ? null : Math.floor(ms / 1000);
}

export function later(reply: Reply | null, tries: number): number {
  return reply && reply.wait > 0 ? reply.wait : backOff(tries);
}
