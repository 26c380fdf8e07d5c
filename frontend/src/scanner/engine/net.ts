/** Calls of an enrolled device: signed by its key, answered by the province itself or not at all. */
import { LONGEST_WAIT, backOff } from "../../shared/backoff";
import { base64url } from "../../kernel/codes/bytes";
import { sign } from "../../kernel/codes/cose";
import { callToSign } from "./calls";
import type { Device } from "./device";

const PATIENCE_MS = 20_000;

export interface Reply {
  readonly status: number;
  readonly body: Record<string, unknown>;
  /** Seconds that the server asks to be left alone; 0 when it doesn't say. */
  readonly wait: number;
  /** The server's clock in Unix seconds; null when it doesn't say. */
  readonly date: number | null;
}

/** The reply of the server, null when there was none (no network, a captive portal). */
export async function post(path: string, body: object, patience = PATIENCE_MS): Promise<Reply | null> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), patience);
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify(body),
      credentials: "omit",
      cache: "no-store",
      redirect: "error",
      signal: stop.signal,
    });
    const said = answer.status === 204 ? {} : ((await answer.json()) as unknown);
    if (said === null || typeof said !== "object" || Array.isArray(said)) return null;
    return { status: answer.status, body: said as Record<string, unknown>, wait: waitOf(answer), date: dateOf(answer) };
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

function waitOf(answer: Response): number {
  const seconds = Number(answer.headers.get("retry-after"));
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), LONGEST_WAIT) : 0;
}

function dateOf(answer: Response): number | null {
  const ms = Date.parse(answer.headers.get("date") ?? "");
  return Number.isNaN(ms) ? null : Math.floor(ms / 1000);
}

/** As `post`, with who is asking. A device whose clock is off says so by the server's clock, once. */
export async function call(device: Device, path: string, body: object, clock: () => number): Promise<Reply | null> {
  const reply = await post(path, await signed(device, path, body, clock()));
  const off = reply?.status === 401 && reply.date !== null && Math.abs(reply.date - clock()) > 240;
  return off ? post(path, await signed(device, path, body, reply.date as number)) : reply;
}

async function signed(device: Device, path: string, body: object, ts: number): Promise<object> {
  const sig = base64url(await sign(device.secret, callToSign(path, ts, device.id)));
  return { ...body, device: device.id, ts, sig };
}

export function later(reply: Reply | null, tries: number): number {
  return reply && reply.wait > 0 ? reply.wait : backOff(tries);
}
