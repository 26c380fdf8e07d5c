/** Checking in and out by one's own phone: kept first, told once, whatever the network does. */
import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { beforeEach, describe, expect, test, vi } from "vitest";
import * as db from "../../shared/db";
import { ADDRESS, LONGEST_MS, adopt, enter, flush, forget, inside, leave, tidy, token, visits, waits } from "../moves";

const NOW = Date.UTC(2026, 6, 22, 1, 30);
const HOUR = 3_600_000;
type Told = { id: string; place: string; token: string; in_at: string; out_at: string | null };
const json = (status: number, body: unknown, headers = {}) => new Response(JSON.stringify(body), { status, headers });

/** The server of a test: replies in turn; without one left it takes whatever comes. */
function server(...replies: (Response | Error)[]): Told[] {
  const told: Told[] = [];
  const answer = (address: string, options: RequestInit): Promise<Response> => {
    expect(address).toBe(ADDRESS);
    const said = JSON.parse(String(options.body)) as Told;
    told.push(said);
    const reply = replies.shift() ?? json(200, { id: said.id });
    return reply instanceof Error ? Promise.reject(reply) : Promise.resolve(reply);
  };
  vi.stubGlobal("fetch", answer);
  return told;
}

beforeEach(async () => {
  await db.forgetOpened();
  globalThis.indexedDB = new IDBFactory();
});

test("in twice is one visit, and after leaving it is another", async () => {
  const first = await enter("MKT00001", "Chợ", NOW);
  expect((await enter("MKT00001", "Chợ", NOW + 1)).id).toBe(first.id);
  expect((await enter("SHP00001", "Tiệm", NOW + 1)).id).not.toBe(first.id);
  await leave(first, NOW + HOUR);
  expect(await inside("MKT00001", NOW + HOUR)).toBeUndefined();
  expect((await enter("MKT00001", "Chợ", NOW + 2 * HOUR)).id).not.toBe(first.id);
});

test("who never left isn't inside the next day, and nobody leaves before coming", async () => {
  const first = await enter("MKT00001", "Chợ", NOW);
  expect(await inside("MKT00001", NOW + LONGEST_MS)).toBeUndefined();
  expect((await leave(first, NOW - HOUR)).outAt).toBe(NOW);
});

test("without a network it waits; then coming and leaving go in one, once", async () => {
  const lost = server(new TypeError("no network"), new TypeError("no network"));
  await enter("MKT00001", "Chợ", NOW);
  expect(await flush(NOW, true)).toBeGreaterThan(0);
  await leave((await inside("MKT00001", NOW))!, NOW + HOUR);
  expect(await flush(NOW + HOUR, true)).toBeGreaterThan(0);
  const told = server();
  expect(await flush(NOW + HOUR, true)).toBeNull();
  expect(await flush(NOW + HOUR, true)).toBeNull();
  expect(told).toHaveLength(1);
  expect(told[0]).toMatchObject({ place: "MKT00001", in_at: new Date(NOW).toISOString(), out_at: new Date(NOW + HOUR).toISOString() });
  expect(new Set([...lost, ...told].map((each) => each.id)).size).toBe(1);
  expect(new Set([...lost, ...told].map((each) => each.token)).size).toBe(1);
});

test("leaving while the coming is being sent is told afterwards", async () => {
  const visit = await enter("MKT00001", "Chợ", NOW);
  const told: Told[] = [];
  vi.stubGlobal("fetch", async (_address: string, options: RequestInit) => {
    told.push(JSON.parse(String(options.body)) as Told);
    if (told.length === 1) await leave(visit, NOW + 60_000);
    return json(200, { id: visit.id });
  });
  expect(await flush(NOW)).toBe(0);
  expect(await flush(NOW)).toBeNull();
  expect(told.map((each) => each.out_at === null)).toEqual([true, false]);
});

test("two that send at once send once", async () => {
  const told = server();
  await enter("MKT00001", "Chợ", NOW);
  await Promise.all([flush(NOW), flush(NOW, true), flush(NOW)]);
  expect(told).toHaveLength(1);
});

describe("answers", () => {
  test.each([
    ["a captive portal", new Response("<html>Wi-Fi</html>", { status: 200 })],
    ["another's answer", json(200, { id: "x" })],
    ["a proxy's error", new Response("Bad gateway", { status: 502 })],
    ["busy", json(429, { error: "busy" }, { "retry-after": "30" })],
  ])("%s: it waits", async (_name, reply) => {
    await enter("MKT00001", "Chợ", NOW);
    server(reply);
    expect(await flush(NOW)).toBeGreaterThan(0);
    expect(waits((await visits())[0]!)).toBe(true);
  });

  test("a refusal ends the trying and is kept to be said", async () => {
    await enter("MKT00001", "Chợ", NOW);
    server(json(422, { error: "visit_place_closed" }));
    expect(await flush(NOW)).toBeNull();
    expect((await visits())[0]).toMatchObject({ refused: "visit_place_closed" });
    expect(await inside("MKT00001", NOW)).toBeUndefined();
  });
});

test("what is past its term goes, and forgetting takes all with the pseudonym", async () => {
  const before = await token();
  await enter("MKT00001", "Chợ", NOW - 22 * 24 * HOUR);
  await enter("SHP00001", "Tiệm", NOW);
  await adopt("017ac000-0000-7000-8000-000000000001", "OFC00001", "Trụ sở", NOW);
  await tidy(21, NOW);
  expect((await visits()).map((row) => row.place).sort()).toEqual(["OFC00001", "SHP00001"]);
  expect(await token()).toBe(before);
  await forget();
  expect(await visits()).toEqual([]);
  expect(await token()).not.toBe(before);
});
