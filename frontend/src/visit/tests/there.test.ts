/** Were you there? Hours that only touch don't count; a visit without an end may have lasted sixteen hours. */
import { expect, test } from "vitest";
import { LONGEST_MS, type Visit } from "../moves";
import { meetings } from "../there";

const AT = Date.UTC(2021, 6, 20, 1);
const HOUR = 3_600_000;
const setting = { place: "MKT00001", from: AT, to: AT + 3 * HOUR };
const visit = (inAt: number, outAt: number | null, place = "MKT00001"): Visit => ({ id: "1", place, name: "Chợ", inAt, outAt, told: "all", refused: null, tries: 0, next: 0 });

test("a visit that reaches into the hours is one", () => {
  for (const row of [visit(AT - HOUR, AT + 1), visit(AT + HOUR, AT + 2 * HOUR), visit(AT + 3 * HOUR - 1, AT + 9 * HOUR)]) expect(meetings(setting, [row])).toEqual([row]);
});

test("before, after and elsewhere are none", () => {
  for (const row of [visit(AT - HOUR, AT), visit(AT + 3 * HOUR, AT + 4 * HOUR), visit(AT + HOUR, AT + 2 * HOUR, "SHP00001")]) expect(meetings(setting, [row])).toEqual([]);
});

test("without an end it may have lasted", () => {
  expect(meetings(setting, [visit(AT - LONGEST_MS + 1, null)])).toHaveLength(1);
  expect(meetings(setting, [visit(AT - LONGEST_MS, null)])).toEqual([]);
});
