/** A team's notes: kept first, sent once, by whoever made them; the list for a shift and no longer. */
import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { doors, matches } from "../doors";
import * as lists from "../list";
import { ADDRESS, HOLD_MS, type Note, add, all, dismiss, endShift, flush, sync, tidy, undo, used, waiting } from "../notes";
import { vault } from "../store";

const NOW = Date.UTC(2021, 6, 22, 1, 30);
const HOUR = 3_600_000;
type Item = Record<string, unknown> & { id: string };
type Told = { account: string; items: Item[]; to: string; token: string };
let now = NOW;
const clock = (): number => now;

const HOUSE: lists.Household = { id: "h1", number: 12, head: "Nguyễn Văn A", address: "5 Lê Lợi", members: [{ id: "m1", name: "Lê Thị B", age: 40 }], notes: [] };
const OTHER: lists.Household = { ...HOUSE, id: "h2", number: 13, members: [] };

function listOf(more: Partial<lists.RoundList> = {}): lists.RoundList {
  const at = new Date(NOW).toISOString();
  const words = { vi: "Ho", en: "Cough" };
  return { account: "u1", user: "Tổ 1", team: "t1", name: "Tổ 1", where: "Vĩnh Hòa", at, until: new Date(NOW + 12 * HOUR).toISOString(), symptoms: { cough: words }, needs: {}, households: [HOUSE, OTHER], ...more };
}

const keptList = (more: Partial<lists.RoundList> = {}): lists.Kept => ({ list: listOf(more), loaded: NOW, ahead: 0 });
const reply = (status: number, body: unknown, headers = {}): Response => new Response(JSON.stringify(body), { status, headers });

/** Where a page of sign-in answered instead. */
function moved(): Response {
  const answer = new Response("<html>", { status: 200 });
  Object.defineProperties(answer, { redirected: { value: true }, url: { value: "https://lachan.example/tai-khoan/login/?next=/tuan/ghi/" } });
  return answer;
}

/** The province: replies in turn; without one left it takes whatever comes, of the account that is signed in. */
function server(signedIn: string, ...replies: (Response | Error)[]): Told[] {
  const told: Told[] = [];
  vi.stubGlobal("fetch", (address: string, options: RequestInit): Promise<Response> => {
    const url = new URL(address, "https://lachan.example");
    expect(url.pathname).toBe(ADDRESS);
    const said = JSON.parse(String(options.body)) as Told;
    told.push({ ...said, to: url.searchParams.get("to") ?? "", token: (options.headers as Record<string, string>)["x-csrftoken"] ?? "" });
    const own = said.account === signedIn ? reply(200, { results: said.items.map(({ id }) => ({ id, status: "kept" })) }) : reply(409, { error: "other_account" });
    const next = replies.shift() ?? own;
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
  });
  return told;
}

beforeEach(async () => {
  await vault.close();
  vault.forgetSealing();
  globalThis.indexedDB = new IDBFactory();
  now = NOW;
});

describe("notes", () => {
  test("a note may be taken back while it is held, and nobody sends it meanwhile", async () => {
    const told = server("u1");
    const note = await add(keptList(), HOUSE, "", { absent: true }, now);
    expect(await flush(clock, true)).toBeCloseTo(HOLD_MS / 1000);
    expect(await undo(note, now)).toBe(true);
    now += HOLD_MS;
    expect(await flush(clock, true)).toBeNull();
    expect(told).toEqual([]);
  });

  test("without a network it waits, outlives the page, and goes once with the id it got", async () => {
    const lost = server("u1", new TypeError("no network"));
    await add(keptList(), HOUSE, "m1", { symptoms: ["cough"], temperature: 38.2 }, now);
    now += HOLD_MS;
    expect(await flush(clock, true)).toBeGreaterThan(0);
    expect((await sync()).trouble).toBe("offline");
    await vault.close(); // the browser was killed
    vault.forgetSealing();
    const told = server("u1");
    expect(await flush(clock, true)).toBeNull();
    expect(await flush(clock, true)).toBeNull();
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ account: "u1", to: "t1", items: [{ household: "h1", member: "m1", symptoms: ["cough"], temperature: 38.2, occurred_at: new Date(NOW).toISOString() }] });
    expect(lost[0]?.items[0]?.id).toBe(told[0]?.items[0]?.id);
    expect(await all()).toMatchObject([{ state: "kept", worry: "symptoms", seen: null }]); // what was seen of a person is gone from here
  });

  test("an answer that was lost costs nothing: the same ids go again", async () => {
    const told = server("u1", new TypeError("cut off"), new Error("cut off"));
    await add(keptList(), HOUSE, "", {}, now);
    now += HOLD_MS;
    for (let tries = 0; tries < 3; tries++) await flush(clock, true);
    expect(new Set(told.map(({ items }) => items[0]?.id)).size).toBe(1);
  });

  test("by back-off unless it is forced", async () => {
    const told = server("u1", reply(503, { error: "busy" }, { "retry-after": "30" }));
    await add(keptList(), HOUSE, "", {}, now);
    now += HOLD_MS;
    expect(await flush(clock)).toBe(30);
    now += 10_000;
    expect(await flush(clock)).toBeCloseTo(20);
    expect(told).toHaveLength(1);
    now += 20_000;
    expect(await flush(clock)).toBeNull();
    expect(told).toHaveLength(2);
  });

  test("a session that has ended keeps the notes for the next sign-in", async () => {
    server("u1", moved());
    await add(keptList(), HOUSE, "", {}, now);
    now += HOLD_MS;
    expect(await flush(clock, true)).toBeGreaterThan(60);
    expect((await sync()).trouble).toBe("signin");
    expect(waiting(await all())).toHaveLength(1);
    const told = server("u1");
    expect(await flush(clock, true)).toBeNull();
    expect(told).toHaveLength(1);
  });

  test("on a shared phone nobody's notes go under another's name", async () => {
    await add(keptList(), HOUSE, "", {}, now);
    await add(keptList({ account: "u2" }), OTHER, "", {}, now + 1);
    now += HOLD_MS + 1;
    const told = server("u2");
    expect(await flush(clock, true)).toBeGreaterThan(0);
    expect((await sync()).trouble).toBe("other");
    expect((await all()).map(({ account, state }) => [account, state])).toEqual([["u1", "waiting"], ["u2", "kept"]]);
    expect(told.every(({ items, account }) => items.every(({ household }) => household === (account === "u1" ? "h1" : "h2")))).toBe(true);
  });

  test("what the province refuses stays, with its reason, until it was read; the rest goes through", async () => {
    const [one, two] = [await add(keptList(), HOUSE, "", {}, now), await add(keptList(), OTHER, "", {}, now + 1)];
    now += HOLD_MS + 1;
    server("u1", reply(200, { results: [{ id: one.id, status: "refused", message: "Hộ này không thuộc tổ của bạn." }, { id: two.id, status: "kept" }] }));
    expect(await flush(clock, true)).toBeNull();
    expect((await all()).map(({ state, why }) => [state, why])).toEqual([["refused", "Hộ này không thuộc tổ của bạn."], ["kept", ""]]);
    await dismiss(one.id);
    expect(await all()).toHaveLength(1);
  });

  test("an answer that doesn't speak of every note leaves the others waiting", async () => {
    await add(keptList(), HOUSE, "", {}, now);
    now += HOLD_MS;
    server("u1", reply(200, { results: [] }));
    expect(await flush(clock, true)).toBeGreaterThan(0);
    expect(waiting(await all())).toHaveLength(1);
  });

  test("a clock that is ahead is set right by the server's", async () => {
    const note = await add({ ...keptList(), ahead: 2 * HOUR }, HOUSE, "", {}, now);
    expect(note.at).toBe(NOW - 2 * HOUR);
  });

  test("a disk that takes nothing means that nothing was noted", async () => {
    const spy = vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(() => {
      throw new DOMException("full", "QuotaExceededError");
    });
    await expect(add(keptList(), HOUSE, "", {}, now)).rejects.toThrow();
    spy.mockRestore();
    expect(await all()).toEqual([]);
  });
});

describe("the list", () => {
  const give = (status: number, body: unknown) => vi.stubGlobal("fetch", () => Promise.resolve(reply(status, body)));

  test("is kept sealed until its term, then gone", async () => {
    give(200, listOf());
    expect(await lists.load("", clock)).toBe("list");
    const raw = await vault.read<{ data: ArrayBuffer }>("list", "list");
    expect(new TextDecoder().decode(raw?.data)).not.toContain("Nguyễn");
    expect((await lists.kept(NOW + 12 * HOUR - 1))?.list.households).toHaveLength(2);
    expect(await lists.kept(NOW + 12 * HOUR)).toBeNull();
    expect(await vault.keys("list")).toEqual([]);
  });

  test("goes when the clock is put back, when nobody is signed in, when there is no team", async () => {
    for (const end of [
      () => lists.kept(NOW - 2 * HOUR),
      () => (vi.stubGlobal("fetch", () => Promise.resolve(moved())), lists.load("", clock)),
      () => (give(404, { error: "no_team" }), lists.load("", clock)),
    ]) {
      give(200, listOf());
      await lists.load("", clock);
      expect(["signin", "none", null]).toContain(await end());
      expect(await vault.keys("list")).toEqual([]);
    }
  });

  test("stays while there is no network or the server is busy", async () => {
    give(200, listOf());
    await lists.load("", clock);
    give(503, { error: "busy" });
    expect(await lists.load("", clock)).toBe("busy");
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no network")));
    expect(await lists.load("", clock)).toBe("offline");
    expect(await lists.kept(NOW)).not.toBeNull();
  });

  test("a list that was on its way when the shift ended is not kept", async () => {
    let arrive = (answer: Response): void => void answer;
    vi.stubGlobal("fetch", () => new Promise<Response>((resolve) => (arrive = resolve)));
    const loading = lists.load("", clock);
    await vi.waitFor(() => expect(String(arrive)).not.toContain("void answer"));
    await endShift();
    arrive(reply(200, listOf()));
    await loading;
    expect(await vault.keys("list")).toEqual([]);
  });

  test("the end of a shift takes the names, and the key once nothing waits", async () => {
    give(200, listOf());
    await lists.load("", clock);
    const note = await add(keptList(), HOUSE, "", {}, now);
    await endShift();
    expect(await lists.kept(NOW)).toBeNull();
    expect(await vault.keys("keys")).toEqual(["seal"]);
    expect(waiting(await all())).toHaveLength(1);
    expect(await used()).toBe(true);
    await dismiss(note.id);
    await endShift();
    expect(await vault.keys("keys")).toEqual([]);
    expect(await used()).toBe(false);
  });
});

describe("doors", () => {
  const met = (id: string, mine: boolean, worry: lists.Worry): lists.Met => ({ id, at: new Date(NOW - HOUR).toISOString(), mine, member: "", worry });
  const note = (id: string, worry: lists.Worry, more: Partial<Note> = {}): Note => ({ id, account: "u1", user: "", team: "t1", household: "h1", number: 12, member: "", at: NOW, hold: 0, state: "waiting", worry, seen: {}, why: "", ...more });

  test("this phone's notes and the server's are one picture, each once", () => {
    const house = { ...HOUSE, notes: [met("a", true, "absent")] };
    const [door] = doors([house], [note("a", "absent", { state: "kept" }), note("b", "")], "u1", NOW);
    expect(door?.visits.map(({ id }) => id)).toEqual(["a", "b"]);
    expect([door?.worry, door?.both]).toEqual(["", false]); // the last word on the whole counts
  });

  test("two who noted the same door are both shown", () => {
    const [door] = doors([{ ...HOUSE, notes: [met("x", false, "symptoms")] }], [note("b", "", { member: "m1" })], "u1", NOW);
    expect([door?.visits.length, door?.both, door?.worry]).toEqual([2, true, "symptoms"]);
    expect(matches(door!, "worry")).toBe(true);
  });

  test("yesterday's, another account's and refused notes are no visit of today", () => {
    const old = [note("b", "", { at: NOW - 24 * HOUR }), note("c", "", { account: "u2" }), note("d", "", { state: "refused" })];
    const [door] = doors([HOUSE], old, "u1", NOW);
    expect(door?.visits).toEqual([]);
    expect(matches(door!, "open")).toBe(true);
  });

  test("notes that the server tells of needn't lie here", async () => {
    server("u1");
    const made = await add(keptList(), HOUSE, "", {}, now);
    now += HOLD_MS;
    await tidy(new Set([made.id]), 0);
    expect(await all()).toHaveLength(1); // not sent yet: whatever the server says
    await flush(clock, true);
    await tidy(new Set([made.id]), 0);
    expect(await all()).toEqual([]);
  });
});
