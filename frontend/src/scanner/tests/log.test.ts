import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Bytes, base64url, equal, fromBase64url, utf8 } from "../../kernel/codes/bytes";
import { newPair, publicKey, rawOf, verify } from "../../kernel/codes/cose";
import { uuid7 } from "../../kernel/ids";
import { START, step, toSign } from "../../kernel/scanlog";
import * as log from "../engine/log";
import * as store from "../engine/store";
import { flush, state } from "../engine/sync";
import type { Line } from "../engine/wire";

const NOW = Date.parse("2021-08-01T01:00:00Z");
const LOG = "017ac000-0000-7000-8000-00000000000a";
const OTHER = "017ac000-0000-7000-8000-00000000000b";

export function line(id = uuid7(NOW), more: Partial<Line> = {}): Line {
  return {
    v: 1, id, at: new Date(NOW).toISOString(), up: 5, shift: "s", place: "p", dir: "in", how: "cccd", verified: false, result: "hold", reasons: ["claim"],
    rules: "2021", over: null, outcome: "", to: "", serial: "", declaration: "", group: "", role: "", temp: 36.8, plate: "", paper: null, vpass: null, dest: [],
    person: { name: "Trần Thị Bưởi", birth: "1990", sex: "female", national_id: "056190000001", phone: "", insurance: "", residence: "" }, n: 1, why: "", app: "t", bundle: "b", ...more,
  }; // prettier-ignore
}

/** The province's side of the contract, in memory. */
class Province {
  rows: { id: string; body: string }[] = [];
  heads: Bytes[] = [START];
  log = LOG;
  calls = 0;
  key: Bytes | null = null;
  fail: (() => Response | Error | null) | null = null;

  handle = async (url: string, init: RequestInit): Promise<Response> => {
    this.calls += 1;
    const odd = this.fail?.();
    if (odd instanceof Error) throw odd;
    if (odd) return odd;
    const body = JSON.parse(String(init.body)) as { first: number; prev: string; head: string; sig: string; items: string[]; log: string };
    if (url === "/api/edge/state") {
      this.log = OTHER;
      this.heads = [START];
      return Response.json({ log: OTHER, next: 1, head: base64url(START), revoked: false });
    }
    const known = this.heads.length;
    const head = base64url(this.heads[known - 1] as Bytes);
    if (body.log !== this.log) return Response.json({ error: "fork", next: known, head }, { status: 409 });
    if (body.first > known) return Response.json({ error: "gap", next: known, head }, { status: 409 });
    const signed = toSign(body.log, body.first, fromBase64url(body.prev), fromBase64url(body.head));
    const good = await verify((await publicKey(this.key as Bytes)).key, fromBase64url(body.sig), signed);
    if (!good) return Response.json({ error: "signature" }, { status: 401 });
    let before = fromBase64url(body.prev);
    let seq = body.first;
    for (const item of body.items) {
      before = await step(before, utf8(item));
      const there = this.heads[seq];
      if (there && !equal(there, before)) return Response.json({ error: "fork", next: this.heads.length, head }, { status: 409 });
      if (!there) {
        this.heads[seq] = before;
        const { id } = JSON.parse(item) as { id: string };
        if (!this.rows.some((row) => row.id === id)) this.rows.push({ id, body: item });
      }
      seq += 1;
    }
    return Response.json({ next: this.heads.length, head: base64url(this.heads[this.heads.length - 1] as Bytes), taken: body.items.length });
  };
}

let province: Province;

export async function enrolled(log1 = LOG): Promise<Bytes> {
  const pair = await newPair();
  await store.within(["state", "keys", "entries", "drafts"], "readwrite", async (stores) => {
    await store.asked(stores("keys").put(pair, "device"));
    await store.asked(stores("state").put({ id: OTHER, place: { id: "p" }, shift: { id: "s" }, anchors: [], name: "", enrolledAt: NOW, revoked: false }, "device"));
    await log.openLog(stores, log1);
  });
  return rawOf(pair.publicKey);
}

beforeEach(async () => {
  await store.close();
  store.forgetSealing();
  globalThis.indexedDB = new IDBFactory();
  province = new Province();
  vi.stubGlobal("fetch", (url: string, init: RequestInit) => province.handle(url, init));
  province.key = await enrolled();
});
afterEach(() => vi.unstubAllGlobals());

describe("the log on the disk", () => {
  test("a scan is a draft before it is a line, and lies sealed", async () => {
    const one = line();
    await log.draft(one);
    expect(await log.unsent()).toBe(1);
    expect(await log.drafts()).toEqual([one]);
    await log.append(one);
    expect(await log.drafts()).toEqual([]);
    expect(await log.unsent()).toBe(1);
    const [entry] = await log.linesFrom(LOG, 1, 10);
    expect(Buffer.from(entry!.data).toString("latin1")).not.toMatch(/Tr.n|056190000001/);
    expect(JSON.parse(await log.bodyOf(entry!))).toMatchObject({ seq: 1, id: one.id });
  });

  test("each line is chained to the one before", async () => {
    for (let i = 0; i < 3; i++) await log.append(line());
    let before = START;
    for (const entry of await log.linesFrom(LOG, 1, 10)) {
      before = await step(before, utf8(await log.bodyOf(entry)));
      expect(equal(before, entry.head)).toBe(true);
    }
    expect(equal((await log.head())!.head, before)).toBe(true);
  });

  test("two tabs writing at once make one chain, each scan once", async () => {
    const lines = Array.from({ length: 6 }, () => line());
    await Promise.all([...lines, lines[0]!, lines[1]!].map(log.append));
    const kept = await log.linesFrom(LOG, 1, 100);
    expect(kept.map((entry) => entry.seq)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(new Set(kept.map((entry) => entry.id)).size).toBe(6);
  });

  test("what a killed tab left is written once, as it stood", async () => {
    const [one, two] = [line(), line()];
    await log.draft(one);
    await log.draft(two);
    await log.append(one);
    await log.draft(one); // killed between the line and taking the draft away can't happen; even so
    expect(await log.recover()).toBe(2);
    expect((await log.linesFrom(LOG, 1, 10)).map((entry) => entry.id)).toEqual([one.id, two.id]);
    expect(await log.recover()).toBe(0);
  });

  test("a line moved to another place doesn't open", async () => {
    await log.append(line());
    await log.append(line());
    const [one, two] = await log.linesFrom(LOG, 1, 10);
    await expect(log.bodyOf({ ...one!, seq: two!.seq })).rejects.toThrow();
  });

  test("a full disk is said, and nothing is half written", async () => {
    const spy = vi.spyOn(IDBObjectStore.prototype, "add").mockImplementation(() => {
      throw new DOMException("full", "QuotaExceededError");
    });
    await log.draft(line());
    await expect(log.append(line())).rejects.toMatchObject({ name: "StorageBroken", full: true });
    spy.mockRestore();
    expect((await log.head())!.next).toBe(1);
    expect(await log.linesFrom(LOG, 1, 10)).toEqual([]);
  });

  test("what the province has had for a day is forgotten, what it hasn't never", async () => {
    const [one, two] = [line(), line()];
    await log.append(one);
    await log.append(two);
    const [first] = await log.linesFrom(LOG, 1, 1);
    await log.acknowledge(LOG, 2, first!.head, NOW);
    expect(await log.prune(NOW + log.KEPT_MS - 1)).toBe(0);
    expect(await log.prune(NOW + log.KEPT_MS + 1)).toBe(1);
    expect((await log.linesFrom(LOG, 1, 10)).map((entry) => entry.id)).toEqual([two.id]);
    expect(await flush(true)).not.toBeUndefined();
  });
});

describe("bringing it to the province", () => {
  const ids = () => province.rows.map((row) => row.id);

  test("oldest first, each once, in batches", async () => {
    const lines = Array.from({ length: 7 }, () => line());
    for (const one of lines) await log.append(one);
    expect(await flush()).toBeNull();
    expect(ids()).toEqual(lines.map((one) => one.id));
    expect(await log.unsent()).toBe(0);
    expect((await state()).trouble).toBe("");
    await log.append(line());
    expect(await flush()).toBeNull();
    expect(ids()).toHaveLength(8);
  });

  test("more than a batch holds goes in several", async () => {
    const pair = Array.from({ length: 501 }, () => line());
    for (const one of pair) await log.append(one);
    expect(await flush()).toBeNull();
    expect(province.calls).toBe(2);
    expect(ids()).toEqual(pair.map((one) => one.id));
  }, 30_000);

  test("an answer lost on the way: sent again, not doubled", async () => {
    await log.append(line());
    const real = province.handle;
    let lost = false;
    vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
      const answer = await real(url, init);
      if (!lost) {
        lost = true;
        throw new TypeError("connection reset");
      }
      return answer;
    });
    expect(await flush()).toBeGreaterThan(0);
    await log.append(line());
    expect(await flush(true)).toBeNull();
    expect(province.rows).toHaveLength(2);
    expect(await log.unsent()).toBe(0);
  });

  test.each([[503, "30"], [429, "30"]])("%i with Retry-After waits as asked", async (status, seconds) => {
    await log.append(line());
    province.fail = () => new Response(JSON.stringify({ error: "busy" }), { status, headers: { "retry-after": seconds } });
    expect(await flush()).toBe(30);
    expect(await flush()).toBeGreaterThan(20);
    expect(province.calls).toBe(1);
    province.fail = null;
    expect(await flush(true)).toBeNull();
    expect(await log.unsent()).toBe(0);
  });

  test("a captive portal is no answer", async () => {
    await log.append(line());
    province.fail = () => new Response("<html>Wi-Fi</html>", { status: 200 });
    expect(await flush()).toBeGreaterThan(0);
    expect(await log.unsent()).toBe(1);
  });

  test("an answer that isn't ours takes nothing for granted", async () => {
    await log.append(line());
    province.fail = () => Response.json({ next: 2, head: base64url(new Uint8Array(32).fill(7)) });
    await flush();
    expect(await log.unsent()).toBe(1);
  });

  test("the province came back from a copy: what it lost is sent again", async () => {
    for (let i = 0; i < 4; i++) await log.append(line());
    await flush();
    province.heads = province.heads.slice(0, 3);
    province.rows = province.rows.slice(0, 2);
    const last = line();
    await log.append(last);
    expect(await flush(true)).toBeNull();
    expect(province.rows).toHaveLength(5);
    expect(ids()[4]).toBe(last.id);
  });

  test("a fork: the log is closed and what wasn't sent goes into a new one under the same ids", async () => {
    const lines = Array.from({ length: 3 }, () => line());
    await log.append(lines[0]!);
    await flush();
    await log.append(lines[1]!);
    await log.append(lines[2]!);
    province.heads[2] = new Uint8Array(32).fill(1);
    expect(await flush(true)).toBeNull();
    expect(ids()).toEqual(lines.map((one) => one.id));
    expect((await log.head())!.log).toBe(OTHER);
    expect(await log.unsent()).toBe(0);
  });

  test("enrolled anew with scans unsent: they go out in the new log", async () => {
    const one = line();
    await log.append(one);
    province.key = await enrolled(OTHER);
    province.log = OTHER;
    const two = line();
    await log.append(two);
    expect(await flush(true)).toBeNull();
    expect(ids().sort()).toEqual([one.id, two.id].sort());
    expect(await log.unsent()).toBe(0);
  });

  test("a revoked device says so and keeps what it has", async () => {
    await log.append(line());
    province.fail = () => Response.json({ error: "revoked" }, { status: 403 });
    expect(await flush()).toBeGreaterThan(0);
    expect(await store.read<{ revoked: boolean }>("state", "device")).toMatchObject({ revoked: true });
    expect(await log.unsent()).toBe(1);
  });

  test("a simulation: random kills, lost answers and 503s end with the same scans and the same head on both sides", async () => {
    let seed = 7;
    const chance = (): number => (seed = (seed * 48271) % 2147483647) / 2147483647;
    const real = province.handle;
    vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
      const dice = chance();
      if (dice < 0.2) throw new TypeError("no network");
      if (dice < 0.3) return new Response("{}", { status: 503 });
      const answer = await real(url, init);
      if (dice < 0.45) throw new TypeError("lost on the way back");
      return answer;
    });
    const made: string[] = [];
    for (let i = 0; i < 120; i++) {
      const one = line(uuid7(NOW + i * 1000));
      await log.draft(one);
      made.push(one.id);
      if (chance() < 0.8) await log.append(one);
      else await store.close(); // killed: the draft alone is on the disk
      if (chance() < 0.2) await log.recover();
      if (chance() < 0.3) await flush(true);
    }
    await log.recover();
    for (let i = 0; i < 100 && (await flush(true)) !== null; i++);
    expect([...ids()].sort()).toEqual([...made].sort());
    const ours = (await log.head())!;
    expect(equal(province.heads[ours.next - 1]!, ours.head)).toBe(true);
  }, 30_000);
});
