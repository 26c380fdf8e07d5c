import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { read } from "../../kernel/codes/lc1";
import { localDay } from "../../kernel/dates";
import * as db from "../../shared/db";
import { claimOf, nationalQr, shownPass } from "../pass";
import * as people from "../people";
import { backOff } from "../../shared/backoff";
import { add, flush, waiting } from "../queue";
import type { Answer, Kept, Submission } from "../wire";
import { GOOD, NOW, shipped } from "./forms";

const domestic = shipped("domestic");

function submission(id: string): Submission {
  return { id, form: "domestic", place: "MKT00001", answers: GOOD, occurred_at: new Date(NOW).toISOString(), lang: "vi", holder: null, channel: "page" };
}

function kept(of: Submission): Kept {
  return {
    id: of.id, form: of.form, title: domestic.title, placeId: null, placeName: "Chợ Vĩnh Hải", who: "Nguyễn Thị Hoa", at: NOW, identity: null,
    advice: [], submission: of, answer: null, refused: null,
  }; // prettier-ignore
}

const ID = "017ac000-0000-7000-8000-000000000001";
const ANSWER: Answer = { id: ID, code: "7K2M-9QXT-4RC", result: "green", reasons: [], recorded_at: "2021-07-22T01:30:01Z", expires_at: "2021-07-23T01:30:01Z", pass: null };

function server(...replies: (Response | Error)[]) {
  const spy = vi.fn(() => {
    const reply = replies.shift() ?? new TypeError("no network");
    return reply instanceof Error ? Promise.reject(reply) : Promise.resolve(reply);
  });
  vi.stubGlobal("fetch", spy);
  return spy;
}

const json = (status: number, body: unknown, headers = {}) => new Response(JSON.stringify(body), { status, headers });

beforeEach(async () => {
  await db.forgetOpened();
  globalThis.indexedDB = new IDBFactory();
});

/** Every byte that lies on the disk, as text. */
async function onDisk(): Promise<string> {
  const rows = await Promise.all(db.STORES.map(async (store) => Promise.all((await db.keysOf(store)).map((key) => db.getRaw(store, key)))));
  const bytes = (value: unknown): unknown =>
    value instanceof ArrayBuffer ? Buffer.from(value).toString("latin1") : value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : value;
  return JSON.stringify(rows, (_key, value: unknown) => bytes(value));
}

describe("storage", () => {
  test("what is kept comes back, and lies sealed", async () => {
    await add(submission(ID), kept(submission(ID)));
    expect((await db.get<Kept>("kept", ID))?.who).toBe("Nguyễn Thị Hoa");
    expect(await onDisk()).not.toMatch(/056190001234|Nguy|0905/);
  });

  test("a row moved to another place doesn't open", async () => {
    await db.put("kept", "a", { secret: 1 });
    await db.putRaw("kept", "b", await db.getRaw("kept", "a"));
    expect(await db.get("kept", "b")).toBeUndefined();
    expect(await db.get("kept", "a")).toEqual({ secret: 1 });
  });

  test("the keys can be used and not read out", async () => {
    const own = await db.holder();
    await expect(crypto.subtle.exportKey("jwk", own!.secret)).rejects.toThrow();
    await db.put("kept", "a", 1);
    await expect(crypto.subtle.exportKey("raw", (await db.getRaw<CryptoKey>("keys", "seal"))!)).rejects.toThrow();
    expect((await db.holder())!.raw).toEqual(own!.raw);
  });

  test("every version of the database leads to today's", async () => {
    for (let from = 0; from < db.MIGRATIONS.length; from++) {
      const stores: string[] = from === 0 ? [] : [...db.STORES];
      db.migrate({ createObjectStore: (name: string) => stores.push(name) } as unknown as IDBDatabase, from);
      expect(new Set(stores)).toEqual(new Set(db.STORES));
    }
  });

  test("without storage the page still works, in memory", async () => {
    vi.stubGlobal("indexedDB", { open: () => { throw new DOMException("no", "SecurityError"); } }); // prettier-ignore
    expect(await db.persistent()).toBe(false);
    await add(submission(ID), kept(submission(ID)));
    expect(await waiting()).toHaveLength(1);
    vi.unstubAllGlobals();
  });

  test("deleting everything leaves nothing", async () => {
    await add(submission(ID), kept(submission(ID)));
    await db.forgetEverything();
    expect((await Promise.all(db.STORES.map(db.keysOf))).flat()).toEqual([]);
  });
});

describe("the queue", () => {
  beforeEach(() => add(submission(ID), kept(submission(ID))));
  const now = (): Promise<Kept | undefined> => db.get<Kept>("kept", ID);

  test("sends once, keeps the answer, forgets what was declared", async () => {
    const spy = server(json(201, ANSWER));
    expect(await flush(NOW)).toBeNull();
    expect(await flush(NOW)).toBeNull();
    expect(spy).toHaveBeenCalledTimes(1);
    expect(await now()).toMatchObject({ answer: ANSWER, submission: null });
  });

  test("the same id goes out at each try", async () => {
    const spy = server(new TypeError("no network"), json(200, ANSWER));
    await flush(NOW);
    await flush(NOW, true);
    const sent = spy.mock.calls.map((call) => JSON.parse(((call as unknown[])[1] as RequestInit).body as string) as Submission);
    expect(sent.map((each) => each.id)).toEqual([ID, ID]);
    expect(sent[0]).toEqual(sent[1]);
    expect((await now())?.answer).toEqual(ANSWER);
  });

  test("honours Retry-After", async () => {
    const spy = server(json(503, { error: "busy" }, { "retry-after": "30" }), json(201, ANSWER));
    expect(await flush(NOW)).toBe(30);
    expect(await flush(NOW + 29_000)).toBeCloseTo(1);
    expect(spy).toHaveBeenCalledTimes(1);
    expect(await flush(NOW + 30_000)).toBeNull();
  });

  test.each([
    ["a captive portal", new Response("<html>Wi-Fi</html>", { status: 200 })],
    ["another's answer", json(200, { ...ANSWER, id: "x" })],
    ["a proxy's error", new Response("Bad gateway", { status: 502 })],
    ["a proxy's refusal", new Response("Forbidden", { status: 403 })],
  ])("%s is no answer: it waits", async (_name, reply) => {
    server(reply);
    expect(await flush(NOW)).toBeGreaterThan(0);
    expect(await waiting()).toHaveLength(1);
  });

  test("a refusal ends the trying and keeps what was declared, to be put right", async () => {
    server(json(422, { error: "invalid", fields: [{ field: "phone", code: "phone_invalid", message: "…" }] }));
    expect(await flush(NOW)).toBeNull();
    expect(await now()).toMatchObject({ refused: [{ field: "phone", code: "phone_invalid" }], submission: { id: ID } });
    expect(await waiting()).toEqual([]);
  });

  test("waits longer each time, never beyond ten minutes, phones apart from each other", () => {
    expect([0, 1, 2, 30].map((tries) => backOff(tries, () => 0))).toEqual([5, 10, 20, 600]);
    expect(backOff(0, () => 1)).toBe(6.25);
  });
});

describe("return visits", () => {
  test("within the window only, and only with what can't change", async () => {
    await people.remember(domestic, GOOD, "Nguyễn Thị Hoa", NOW, null);
    const day = 86_400_000;
    const [person] = await people.returning(domestic, 21, NOW + 21 * day);
    expect(person).toMatchObject({ name: "Nguyễn Thị Hoa", day: localDay(NOW) });
    expect(person!.answers).toHaveProperty("national_id");
    expect(person!.answers).not.toHaveProperty("no_symptoms");
    expect(person!.answers).not.toHaveProperty("pledge");
    expect(await people.returning(domestic, 21, NOW + 22 * day)).toEqual([]);
  });

  test("a return visit doesn't lengthen its window, and the same person stands once", async () => {
    await people.remember(domestic, GOOD, "Nguyễn Thị Hoa", NOW, null);
    const [person] = await people.returning(domestic, 21, NOW);
    const later = NOW + 10 * 86_400_000;
    await people.remember(domestic, { ...GOOD, address: "15 Trần Phú" }, "Nguyễn Thị Hoa", later, person!);
    const all = await people.returning(domestic, 21, later);
    expect(all).toHaveLength(1);
    expect(all[0]).toMatchObject({ day: localDay(NOW), answers: { address: "15 Trần Phú" } });
  });
});

describe("codes of this phone", () => {
  const nobody = { entries: [], issued: 0, expires: 2 ** 32, revoked: new Set<string>() };
  const seconds = Math.floor(NOW / 1000);

  test("the claim carries the declaration, unconfirmed, and goes stale as a screenshot", async () => {
    const place = "0190c000-0000-7000-8000-00000000000a";
    const claim = await claimOf(submission(ID), place);
    const shown = await shownPass(claim!, NOW);
    const found = await read(shown, nobody, seconds);
    expect(found).toMatchObject({ status: "unconfirmed", presentedAt: seconds, claims: { kind: "claim", place } });
    const body = found.claims.kind === "claim" ? JSON.parse(new TextDecoder().decode(found.claims.body!)) : {};
    expect(body).toMatchObject({ id: ID, answers: GOOD });
    await expect(read(shown, nobody, seconds + 61)).rejects.toThrow("code_holder_stale");
  });

  test("a long declaration is shown by its digest", async () => {
    const long = { ...submission(ID), answers: { ...GOOD, places_visited: "x".repeat(1200) } };
    const found = await read((await claimOf(long, null))!, nobody, seconds);
    expect(found.claims).toMatchObject({ body: null, kind: "claim" });
  });

  test("the national code hides number and birthday", () => {
    const identity = { number: "056190001234", name: "Nguyễn Thị Hoa", birth: "1990-05-17", proxy: false, sex: "female", insurance: "", phone: "" };
    expect(nationalQr(identity)).toBe("******001234|NGUYEN THI HOA|1990-**-**|0||<2<<<");
    expect(nationalQr({ ...identity, number: "" })).toBeNull();
  });
});
