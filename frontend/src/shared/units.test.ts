import { expect, test } from "vitest";
import { readUnits } from "./units";

const unit = { path: "56/568/22327/", label: "Phường Vĩnh Hòa, TP Nha Trang, Khánh Hòa" };

test("reads a list, bare or named", () => {
  expect(readUnits([unit])).toEqual([unit]);
  expect(readUnits({ units: [unit] })).toEqual([unit]);
  expect(readUnits({ results: [unit] })).toEqual([unit]);
});

test("what isn't a unit is left out", () => {
  expect(readUnits([{ path: 5, label: "x" }, null, unit])).toEqual([unit]);
  expect(readUnits(null)).toEqual([]);
});
