/** Bringing the log to the province: oldest first, one at a time over all tabs and the service worker, each line once. */
import { equal, base64url, fromBase64url } from "../../kernel/codes/bytes";
import { sign } from "../../kernel/codes/cose";
import { toSign } from "../../kernel/scanlog";
import { backOff } from "../../shared/backoff";
import * as clock from "./clock";
import { type Device, device, setRevoked } from "./device";
import * as log from "./log";
import { type Reply, call, later, post } from "./net";
import { read, within, write } from "./store";

export const SYNC_TAG = "lachan-gate";
export const CHANNEL = "lachan-gate";
const MOST = 500;
const LOCK = "lachan-gate-sync";
const ROUNDS = 400;

export interface SyncState {
  /** Unix ms of the last time that the province had everything, or took something. */
  readonly last: number;
  readonly tries: number;
  /** Not before this moment, Unix ms. */
  readonly next: number;
  readonly trouble: "" | "offline" | "busy" | "unknown" | "refused";
}
export const RESTED: SyncState = { last: 0, tries: 0, next: 0, trouble: "" };

export function state(): Promise<SyncState> {
  return read<SyncState>("state", "sync").then((kept) => kept ?? RESTED);
}

/** Send what waits. Gives the seconds until the next try, null when the province has everything. `force`: also before its time. */
export async function flush(force = false): Promise<number | null> {
  const run = (): Promise<number | null> => flushAlone(force);
  if (typeof navigator === "undefined" || !navigator.locks) return run();
  return navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => (lock ? run() : 2));
}

async function flushAlone(force: boolean): Promise<number | null> {
  const before = await state();
  if (!force && before.next > Date.now()) return (before.next - Date.now()) / 1000;
  const of = await device();
  if (of === null) return null;
  await clock.start();
  for (let round = 0; round < ROUNDS; round++) {
    const outcome = await once(of);
    if (outcome === "more") continue;
    if (outcome === "done") {
      await log.prune(Date.now());
      await settle({ last: Date.now(), tries: 0, next: 0, trouble: "" });
      return null;
    }
    const seconds = outcome.seconds;
    const { tries, last } = await state();
    await settle({ last, tries: tries + 1, next: Date.now() + seconds * 1000, trouble: outcome.trouble });
    return seconds;
  }
  return 1;
}

type Once = "done" | "more" | { readonly seconds: number; readonly trouble: SyncState["trouble"] };

async function once(of: Device): Promise<Once> {
  const at = await log.head();
  if (at === undefined) return "done";
  if (at.forked) return newLog(of, at);
  if (await strays(at.log)) {
    await log.moveTo(at.log);
    return "more";
  }
  if (at.acked >= at.next) return "done";
  const lines = await log.linesFrom(at.log, at.acked, MOST);
  const first = lines[0];
  if (first === undefined || first.seq !== at.acked) {
    await log.markForked(at.log); // the disk lost lines of this log: what is left goes into a new one
    return "more";
  }
  const items = await Promise.all(lines.map(log.bodyOf));
  const head = (lines[lines.length - 1] as log.Entry).head;
  const sig = await sign(of.secret, toSign(at.log, first.seq, at.ackedHead, head));
  const reply = await post("/api/edge/scans", {
    device: of.id, log: at.log, first: first.seq, prev: base64url(at.ackedHead), head: base64url(head), sig: base64url(sig), items,
  }); // prettier-ignore
  return settled(of, at, lines, reply);
}

async function settled(of: Device, at: log.Head, lines: readonly log.Entry[], reply: Reply | null): Promise<Once> {
  const { tries } = await state();
  if (reply === null) return { seconds: backOff(tries), trouble: "offline" };
  if (reply.status === 429 || reply.status >= 500) return { seconds: later(reply, tries), trouble: "busy" };
  const next = Number(reply.body.next);
  if (reply.status === 200 && Number.isInteger(next)) {
    if (reply.date !== null && clock.now() - reply.date > clock.SLACK) await clock.trust(reply.date);
    if (reply.body.revoked === true) await setRevoked(true);
    return accepted(at, lines, next, String(reply.body.head ?? ""));
  }
  if (reply.status === 409 && reply.body.error === "gap" && Number.isInteger(next)) return gap(at, next, String(reply.body.head ?? ""), tries);
  if (reply.status === 409 && reply.body.error === "fork") {
    await log.markForked(at.log);
    return newLog(of, at);
  }
  if (reply.status === 403) await setRevoked(true);
  return { seconds: backOff(tries + 2), trouble: reply.status === 401 || reply.status === 403 ? "unknown" : "refused" };
}

/** The province's head must be ours at that number: else its log holds something else, and ours goes on elsewhere. */
async function accepted(at: log.Head, lines: readonly log.Entry[], next: number, head: string): Promise<Once> {
  const ours = lines.find((line) => line.seq === next - 1);
  if (ours === undefined) return next > at.acked ? forked(at) : { seconds: backOff(1), trouble: "refused" };
  if (!equal(ours.head, fromBase64url(head))) return forked(at);
  await log.acknowledge(at.log, next, ours.head, Date.now());
  tell();
  return "more";
}

async function forked(at: log.Head): Promise<Once> {
  await log.markForked(at.log);
  return "more";
}

async function gap(at: log.Head, next: number, head: string, tries: number): Promise<Once> {
  if (next >= at.acked || next < 1) return { seconds: backOff(tries), trouble: "refused" };
  const before = next > 1 ? (await log.linesFrom(at.log, next - 1, 1))[0] : undefined;
  const theirs = fromBase64url(head);
  if (before?.seq === next - 1 && !equal(before.head, theirs)) return forked(at);
  const first = (await log.linesFrom(at.log, next, 1))[0];
  if (first === undefined || first.seq !== next) return forked(at); // older than a day and gone here: the rest goes on in a new log
  await log.goBack(at.log, next, theirs);
  return "more";
}

async function newLog(of: Device, at: log.Head): Promise<Once> {
  const { tries } = await state();
  const reply = await call(of, "/api/edge/state", { log: at.log, closed: true }, clock.now);
  if (reply === null) return { seconds: backOff(tries), trouble: "offline" };
  const fresh = reply.body.log;
  if (reply.status !== 200 || typeof fresh !== "string" || fresh === at.log) return { seconds: later(reply, tries), trouble: "refused" };
  await log.moveTo(fresh);
  return "more";
}

/** Lines of an older log that never reached the province. */
function strays(current: string): Promise<boolean> {
  return within(["entries"], "readonly", (stores) => new Promise<boolean>((resolve, reject) => {
    const request = stores("entries").index("acked").openCursor(0);
    request.onerror = () => reject(request.error ?? new Error("cursor"));
    request.onsuccess = () => {
      const cursor = request.result;
      if (!cursor) resolve(false);
      else if ((cursor.value as log.Entry).log !== current) resolve(true);
      else cursor.continue();
    };
  })); // prettier-ignore
}

async function settle(now: SyncState): Promise<void> {
  await write("state", "sync", now);
  tell();
}

/** Say to every open page that the count may have changed. */
function tell(): void {
  if (typeof BroadcastChannel === "undefined") return;
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage("sync");
  channel.close();
}
