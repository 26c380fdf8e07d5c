import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Bytes, base64url, concat, encode, hex, sha256, toBase45, utf8 } from "../../kernel/codes/bytes";
import { kidOf, newPair, pack, rawOf, sign, toBeSigned } from "../../kernel/codes/cose";
import { present, signClaim } from "../../kernel/codes/lc1";
import { uuidBytes } from "../../kernel/ids";
import * as bundles from "../engine/bundle";
import * as clock from "../engine/clock";
import { Desk } from "../engine/desk";
import { type Device, device, enrol, enrolCode } from "../engine/device";
import * as log from "../engine/log";
import * as store from "../engine/store";
import type { Line } from "../engine/wire";
import { typed } from "../screens/hand";

const NOW = Date.parse("2021-10-20T01:00:00Z");
const S = NOW / 1000;
const PLACE = "017ac000-0000-7000-8000-0000000000aa";
const SERIAL = hex(uuidBytes("017ac000-0000-7000-8000-0000000000cc"));
const REASON = (id: string, result: string) => ({ id, result, text: { vi: id, en: id }, advice: { vi: "", en: "" }, document: "128/NQ-CP" });
/** The worst that rules could do: green to everybody. Only what stands in code may stop it. */
const EVERYBODY = {
  version: "2021-10", kind: "checkpoint", valid_from: "2021-10-12", valid_to: null,
  rules: [
    { ...REASON("anyone", "pass"), when: true },
    { ...REASON("fever", "refer"), when: { and: [{ var: "temperature" }, { ">=": [{ var: "temperature" }, 375] }] } },
    { ...REASON("held", "hold"), when: { var: "hold" } },
    { ...REASON("claim", "advise"), when: { "!": [{ var: "verified" }] } },
  ],
  fallback: REASON("fallback", "hold"), broken: REASON("broken", "hold"),
  guards: Object.fromEntries(["code_forged", "code_revoked", "code_expired", "bundle_expired"].map((name) => [name, REASON(name, "hold")])),
}; // prettier-ignore

interface World {
  issuer: CryptoKeyPair;
  raw: Bytes;
  device: Device;
  bundle: bundles.Bundle;
  desk: Desk;
  envelope: bundles.Envelope;
}
let now = NOW;
let world: World;

async function signedText(prefix: string, map: unknown, by: CryptoKeyPair): Promise<string> {
  const kid = await kidOf(await rawOf(by.publicKey));
  const payload = encode(map as never);
  return prefix + toBase45(pack({ kid, payload, signature: await sign(by.privateKey, toBeSigned(kid, payload)) }));
}

async function envelopeOf(issuer: CryptoKeyPair, more: object = {}, by = issuer): Promise<bundles.Envelope> {
  const raw = await rawOf(issuer.publicKey);
  const trust = await signedText("LCT1:", new Map<number, unknown>([[0, 16], [4, S + 7 * 86400], [6, S - 60], [20, [[raw, 0, 0, [1, 2, 3, 4, 5], 0]]], [21, []]]), issuer);
  const bundle = JSON.stringify({
    v: 1, version: "b1", issued: S - 60, stale: S + 6 * 3600, expires: S + 24 * 3600, place: { id: PLACE, code: "CHOT0001", name: "Chốt", kind: "checkpoint", unit: "56/" },
    shift: { id: PLACE, name: "Ca", ends: S + 8 * 3600 }, gates: [EVERYBODY], trust, hc1: [], hc1rules: [], levels: { "56/": 1 }, revoked: [], held: [], fresh_seconds: 60, ...more,
  }); // prettier-ignore
  return { bundle, kid: hex(await kidOf(await rawOf(by.publicKey))), sig: base64url(await sign(by.privateKey, concat(utf8("LCB1"), utf8(bundle)))) };
}

async function pass(by: CryptoKeyPair, holder: CryptoKeyPair | null, more: [number, unknown][] = []): Promise<string> {
  const map = new Map<number, unknown>([[0, 2], [4, S + 86400], [6, S - 7200], [7, uuidBytes("017ac000-0000-7000-8000-0000000000cc")], [14, "green"], ...more]);
  if (holder) map.set(8, await rawOf(holder.publicKey));
  return signedText("LC1:", map, by);
}

async function begin(more: object = {}): Promise<World> {
  const issuer = await newPair();
  const raw = await rawOf(issuer.publicKey);
  const envelope = await envelopeOf(issuer, more);
  const jwk = { x: base64url(raw.slice(0, 32)), y: base64url(raw.slice(32)) };
  const told = { device: PLACE, log: "017ac000-0000-7000-8000-0000000000bb", place: { id: PLACE, name: "Chốt" }, shift: { id: PLACE, name: "Ca", ends: 0 }, anchors: [jwk], bundle: envelope };
  vi.stubGlobal("fetch", () => Promise.resolve(Response.json(told, { status: 201 })));
  const print = base64url((await sha256(raw)).slice(0, 16));
  const code = enrolCode(`https://x/quet/#LCE1:${base64url(new Uint8Array(16))}.${print}`)!;
  const { device: made } = await enrol(code, "Máy 1", "t", NOW);
  const bundle = await bundles.take(made, envelope);
  await clock.restart();
  await clock.trust(bundle.issued);
  return { issuer, raw, device: made, bundle, envelope, desk: new Desk(made, bundle, "t", () => now) };
}

beforeEach(async () => {
  await store.close();
  store.forgetSealing();
  globalThis.indexedDB = new IDBFactory();
  now = NOW;
  vi.useFakeTimers({ toFake: ["Date"], now: NOW });
  world = await begin();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function later(seconds: number): void {
  now += seconds * 1000;
  vi.setSystemTime(now);
}

async function scanned(text: string) {
  const taken = await world.desk.take(text);
  if (taken.kind !== "scan") throw new Error(`${taken.kind}`);
  return taken.current;
}

async function lines(): Promise<(Line & { seq: number })[]> {
  const { log: id } = (await log.head())!;
  return Promise.all((await log.linesFrom(id, 1, 1000)).map(async (entry) => JSON.parse(await log.bodyOf(entry)) as Line & { seq: number }));
}

describe("enrolling", () => {
  test("keeps a key that can't be read out, and the verified bundle", async () => {
    const kept = (await device())!;
    expect(kept.secret.extractable).toBe(false);
    expect((await bundles.load(kept))?.version).toBe("b1");
  });

  test("a server in between is found out by the fingerprint", async () => {
    const code = enrolCode(`LCE1:${base64url(new Uint8Array(16))}.${base64url(new Uint8Array(16).fill(9))}`)!;
    await expect(enrol(code, "x", "t", NOW)).rejects.toMatchObject({ why: "enrolForged" });
  });

  test.each([[410, "enrolUsed"], [404, "enrolUsed"], [503, "enrolBusy"], [429, "enrolBusy"]])("%i is %s", async (status, why) => {
    vi.stubGlobal("fetch", () => Promise.resolve(Response.json({ error: "x" }, { status })));
    await expect(enrol({ code: new Uint8Array(16), anchor: new Uint8Array(16) }, "x", "t", NOW)).rejects.toMatchObject({ why });
  });

  test.each(["", "#main", "LCE1:abc.def", "https://x/quet/#LC1:ABC"])("%s is no enrolment code", (text) => expect(enrolCode(text)).toBeNull());
});

describe("the bundle", () => {
  test("signed by anyone else, or changed, is refused and the old one stays", async () => {
    const other = await newPair();
    await expect(bundles.take(world.device, await envelopeOf(world.issuer, { version: "evil" }, other))).rejects.toThrow();
    const changed = { ...world.envelope, bundle: world.envelope.bundle.replace('"b1"', '"b2"') };
    await expect(bundles.take(world.device, changed)).rejects.toThrow("signature");
    expect((await bundles.load(world.device))?.version).toBe("b1");
  });

  test("an older one is refused, another place's too", async () => {
    await expect(bundles.take(world.device, await envelopeOf(world.issuer, { issued: S - 3600 }))).rejects.toThrow("older");
    await expect(bundles.take(world.device, await envelopeOf(world.issuer, { place: { id: SERIAL } }))).rejects.toThrow("place");
  });

  test("fresh, stale, expired; a clock before its making counts as expired", () => {
    const at = (seconds: number, back = false) => bundles.freshness(world.bundle, S + seconds, back);
    expect([at(0), at(6 * 3600), at(24 * 3600), at(-3600), at(0, true)]).toEqual(["fresh", "stale", "expired", "clock", "clock"]);
    expect(bundles.freshness(null, S, false)).toBe("none");
  });

  test("turning the clock back doesn't bring it back to life", async () => {
    later(25 * 3600);
    await clock.note();
    expect(bundles.freshnessNow(world.bundle)).toBe("expired");
    later(-20 * 3600);
    expect(bundles.freshnessNow(world.bundle)).toBe("clock");
  });
});

describe("never green", () => {
  const holderOf = () => newPair();

  test("a good, fresh pass is", async () => {
    const holder = await holderOf();
    const current = await scanned(await present(await pass(world.issuer, holder), holder.privateKey, S));
    expect(current).toMatchObject({ seen: { how: "pass", verified: true, fresh: true, flaw: "", serial: SERIAL }, decided: { result: "pass", barred: null } });
    expect(current.took).toBeLessThan(1000);
  });

  const cases: [string, string, (holder: CryptoKeyPair) => Promise<string>][] = [
    ["forged", "signed by a stranger", async (holder) => present(await pass(await newPair(), holder), holder.privateKey, S)],
    ["forged", "tampered with", async (holder) => { const good = await present(await pass(world.issuer, holder), holder.privateKey, S); return good.slice(0, 60) + (good[60] === "A" ? "B" : "A") + good.slice(61); }],
    ["forged", "shown by another's phone", async (holder) => present(await pass(world.issuer, holder), (await newPair()).privateKey, S)],
    ["stale", "a screenshot older than a minute", async (holder) => present(await pass(world.issuer, holder), holder.privateKey, S - 61)],
    ["stale", "copied without the phone's signature", async (holder) => pass(world.issuer, holder)],
    ["expired", "expired", async (holder) => present(await pass(world.issuer, holder, [[4, S - 10]]), holder.privateKey, S)],
  ]; // prettier-ignore
  test.each(cases)("%s: %s", async (flaw, _name, make) => {
    const { seen, decided } = await scanned(await make(await holderOf()));
    expect([seen.flaw, decided.barred]).toEqual([flaw, flaw]);
    expect(["hold", "refer"]).toContain(decided.result);
    expect(seen.verified).toBe(false);
  });

  test("a revoked serial", async () => {
    world.desk.bundle = await bundles.take(world.device, await envelopeOf(world.issuer, { revoked: [SERIAL] }));
    const holder = await holderOf();
    const { seen, decided } = await scanned(await present(await pass(world.issuer, holder), holder.privateKey, S));
    expect([seen.flaw, decided.result]).toEqual(["revoked", "hold"]);
  });

  test("a signature used on this device before: a photo passed around", async () => {
    const holder = await holderOf();
    const shown = await present(await pass(world.issuer, holder), holder.privateKey, S);
    await scanned(shown);
    await world.desk.next();
    later(10);
    const { seen, decided } = await scanned(shown);
    expect([seen.flaw, decided.result]).toEqual(["replay", "hold"]);
  });

  test("anything at all once the bundle has expired, or with none, or with a wrong clock", async () => {
    const holder = await holderOf();
    const text = await pass(world.issuer, holder);
    world.desk.bundle = null;
    expect((await scanned(await present(text, holder.privateKey, S))).decided).toMatchObject({ result: "hold", barred: "untrusted" });
    expect((await scanned("056190000001|225000001|Trần Thị Bưởi|17051990|Nữ|Tổ 4|10052021")).decided).toMatchObject({ result: "hold", barred: "bundleNone" });
    world.desk.bundle = world.bundle;
    later(25 * 3600);
    expect((await scanned(await present(await pass(world.issuer, holder, [[4, S + 99 * 3600]]), holder.privateKey, now / 1000))).decided).toMatchObject({ result: "hold", barred: "bundleExpired" });
  });

  test("a decision that the disk didn't take", async () => {
    const spy = vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(() => {
      throw new DOMException("full", "QuotaExceededError");
    });
    const holder = await holderOf();
    await expect(world.desk.take(await present(await pass(world.issuer, holder), holder.privateKey, S))).rejects.toMatchObject({ name: "StorageBroken", full: true });
    expect(world.desk.current).toBeNull();
    spy.mockRestore();
  });
});

describe("reading", () => {
  test("claims are shown as claims", async () => {
    const card = await scanned("056190000001|225000001|Trần Thị Bưởi|17051990|Nữ|Tổ 4|10052021");
    expect(card).toMatchObject({ seen: { how: "cccd", verified: false, person: { national_id: "056190000001", name: "Trần Thị Bưởi" } }, decided: { result: "advise" } });
    const holder = await newPair();
    const body = utf8(JSON.stringify({ answers: { name: "Trần Thị Bưởi", no_symptoms: false, residence: "56/568/22327/" } }));
    const claim = await signClaim({ serial: uuidBytes(PLACE), holder: await rawOf(holder.publicKey), issued: S - 60, expires: S + 3600, place: null, said: { body } }, holder.privateKey);
    const shown = await scanned(await present(claim, holder.privateKey, S));
    expect(shown).toMatchObject({ seen: { how: "claim", verified: false, fresh: true, declaration: PLACE, facts: { symptoms: true } }, decided: { result: "advise" } });
  });

  test("places, links and noise are no people", async () => {
    expect(await world.desk.take("https://lachan.example/q/MKT00001")).toMatchObject({ kind: "other", why: "notPerson" });
    expect(await world.desk.take("xin chào")).toMatchObject({ kind: "other", why: "unknown" });
    expect(await log.unsent()).toBe(0);
  });

  test("the same code in view isn't a second scan, renewed or not; the next person's is, and closes the first", async () => {
    const holder = await newPair();
    const text = await pass(world.issuer, holder);
    await scanned(await present(text, holder.privateKey, S));
    later(20);
    expect(await world.desk.take(await present(text, holder.privateKey, S + 20))).toEqual({ kind: "ignored" });
    await world.desk.next();
    later(1);
    expect(await world.desk.take(await present(text, holder.privateKey, S + 20))).toEqual({ kind: "ignored" });
    await scanned("056190000001|225000001|Trần Thị Bưởi|17051990|Nữ|Tổ 4|10052021");
    expect(await lines()).toMatchObject([{ how: "pass", outcome: "passed", result: "pass" }]);
  });

  test("who was refused with a screenshot opens the code on the phone: that is looked at without going out of view", async () => {
    const holder = await newPair();
    const text = await pass(world.issuer, holder);
    const old = await present(text, holder.privateKey, S - 300);
    expect(await scanned(old)).toMatchObject({ seen: { flaw: "stale" }, decided: { result: "hold" } });
    await world.desk.change({ outcome: "turned_back" });
    await world.desk.next();
    later(1);
    expect(await world.desk.take(old)).toEqual({ kind: "ignored" });
    expect(await scanned(await present(text, holder.privateKey, S + 1))).toMatchObject({ seen: { flaw: "" }, decided: { result: "pass" } });
  });
});

describe("what the officer adds", () => {
  const CARD = "056190000001|225000001|Trần Thị Bưởi|17051990|Nữ|Tổ 4|10052021";

  test("a temperature makes the rules look again, an outcome is kept", async () => {
    await scanned(CARD);
    expect((await world.desk.change({ temp: 38.2 }))!.decided.result).toBe("refer");
    await world.desk.change({ outcome: "handed_over", to: "Trạm y tế Vĩnh Hòa" });
    await world.desk.next();
    expect(await lines()).toMatchObject([{ temp: 38.2, result: "refer", outcome: "handed_over", to: "Trạm y tế Vĩnh Hòa", reasons: ["fever", "claim"] }]);
  });

  test("who is held and has no outcome isn't noted as passed; another level is kept beside the rules' own", async () => {
    await scanned(CARD);
    await world.desk.change({ over: { result: "hold", reason: "Trông không khỏe" } });
    await world.desk.next();
    expect(await lines()).toMatchObject([{ result: "advise", over: { result: "hold", reason: "Trông không khỏe" }, outcome: "" }]);
  });

  test("a vehicle is one group: driver, companions, plate", async () => {
    await scanned(CARD);
    await world.desk.board("79A12345", { number: "LX-1", until: "2021-11-01" });
    await world.desk.next();
    later(5);
    await scanned(CARD.replace("056190000001", "056190000002"));
    await world.desk.leave();
    const [one, two] = await lines();
    expect([one!.role, two!.role]).toEqual(["driver", "companion"]);
    expect(one!.group).toBe(two!.group);
    expect(one).toMatchObject({ plate: "79A12345", vpass: { number: "LX-1", until: "2021-11-01" } });
    expect(world.desk.vehicle).toBeNull();
  });

  test("passed unscanned: counted with a reason, details under the same group later", async () => {
    const group = await world.desk.count(12, "Đông xe");
    world.desk.resume(group);
    await scanned(CARD);
    await world.desk.leave();
    expect(await lines()).toMatchObject([{ how: "count", n: 12, why: "Đông xe", group }, { how: "cccd", group }]);
  });
});

describe("an appointment's code", () => {
  const HERE = uuidBytes(PLACE);
  const appointment = (from: number, place = HERE, by = world.issuer): Promise<string> =>
    signedText("LC1:", new Map<number, unknown>([
      [0, 5], [4, S + from + 50_000], [5, S + from - 43_200], [7, uuidBytes("017ac000-0000-7000-8000-0000000000dd")], [9, place], [10, "Trạm y tế"], [11, "56/"],
      [18, S + from], [19, S + from + 3600], [22, new Uint8Array(16)],
    ]), by); // prettier-ignore

  test("is verified, says where and when, and the rules know it", async () => {
    const { seen } = await scanned(await appointment(600));
    expect(seen).toMatchObject({ how: "appointment", verified: true, flaw: "", booked: { place: "Trạm y tế", starts: S + 600, ends: S + 4200 } });
    expect(seen.facts).toMatchObject({ appointment: "before", appointment_here: true });
    await world.desk.next();
    expect(await lines()).toMatchObject([{ how: "appointment", verified: true, result: "pass", serial: hex(uuidBytes("017ac000-0000-7000-8000-0000000000dd")), person: null }]);
  });

  test("tells the hour that is, that is over, and another place", async () => {
    expect((await scanned(await appointment(-60))).seen.facts.appointment).toBe("now");
    expect((await scanned(await appointment(-7200, uuidBytes("017ac000-0000-7000-8000-0000000000ee")))).seen.facts).toMatchObject({ appointment: "after", appointment_here: false });
  });

  test("never green when forged, or days too early", async () => {
    expect((await scanned(await appointment(600, HERE, await newPair()))).seen.flaw).toBe("forged");
    expect(world.desk.current?.decided.result).toBe("hold");
    const early = await scanned(await appointment(86_400));
    expect([early.seen.flaw, early.seen.code, early.decided.result]).toEqual(["expired", "code_not_yet_valid", "hold"]);
  });
});

describe("what is typed, by a hand scanner or by hand", () => {
  test.each([
    ["056190000001", "national_id", "056190000001"],
    ["225 123 456", "national_id", "225123456"],
    ["B1234567", "national_id", "B1234567"],
    ["dn 4 56 5600000042", "insurance", "DN4565600000042"],
    ["5600000042", "insurance", "5600000042"],
    ["0905 123 456", "phone", "+84905123456"],
  ])("%s is a claim", async (text, role, value) => {
    const { seen, decided } = await scanned(text);
    expect(seen).toMatchObject({ how: "manual", verified: false, flaw: "" });
    expect(seen.person).toMatchObject({ [role]: value, name: "" });
    expect(decided.reasons.map(({ id }) => id)).toContain("claim");
  });

  test("the code on a printed card is kept as it was told", async () => {
    const { seen } = await scanned("2s94 vvzd k97");
    expect(seen).toMatchObject({ how: "manual", verified: false, told: "2S94-VVZD-K97", person: null });
    await world.desk.next();
    expect(await lines()).toMatchObject([{ how: "manual", why: "2S94-VVZD-K97" }]);
  });

  test("a plate begins a vehicle, another plate the next one", async () => {
    expect(await world.desk.take("79A-123.45")).toEqual({ kind: "other", how: null, why: "plate", plate: "79A12345" });
    await world.desk.arrive("79A12345");
    await scanned("056190000001");
    expect(world.desk.current?.details.role).toBe("driver");
    const first = world.desk.vehicle?.group;
    await world.desk.arrive("79A12345");
    expect(world.desk.vehicle?.group).toBe(first);
    await world.desk.arrive("79MD123456");
    expect(world.desk.vehicle).toMatchObject({ plate: "79MD123456", people: 0 });
    expect(world.desk.vehicle?.group).not.toBe(first);
    expect((await lines()).map(({ plate, role }) => [plate, role])).toEqual([["79A12345", "driver"]]);
  });

  test.each([
    ["056190000001", { national_id: "056190000001" }],
    ["AB12C345", { national_id: "AB12C345" }],
    ["5600000042", { insurance: "5600000042" }],
    ["", {}],
  ])("in the sheet: %s", (text, found) => expect(typed(text)).toEqual({ national_id: "", insurance: "", phone: "", told: "", ...found }));

  test("in the sheet, a whole code or a plate has a reader of its own, and nonsense is refused", () => {
    expect([typed("79A-123.45"), typed("LC1:6BF"), typed("HC1:6BF")]).toEqual([null, null, null]);
    expect(() => typed("??")).toThrow();
  });
});
