import { describe, expect, it } from "vitest";
import { corners, geojson, ground, moved, type Point } from "./outline";

const frame = { west: 109.1, north: 12.3, across: 4000, down: 4090 };

describe("an outline drawn on the map", () => {
  it("is a closed polygon on the ground, longitude first", () => {
    const drawn: Point[] = [[0, 0], [400, 0], [400, 409]];
    expect(JSON.parse(geojson(frame, drawn))).toEqual({ type: "Polygon", coordinates: [[[109.1, 12.3], [109.2, 12.3], [109.2, 12.2], [109.1, 12.3]]] });
    expect(geojson(frame, drawn.slice(0, 2))).toBe("");
  });
  it("comes back from its text to the same corners", () => {
    const drawn: Point[] = [[12, 30], [400, 44], [380, 409], [20, 400]];
    for (const [at, [x, y]] of corners(frame, geojson(frame, drawn)).entries()) {
      expect(x).toBeCloseTo(drawn[at]?.[0] ?? NaN, 1);
      expect(y).toBeCloseTo(drawn[at]?.[1] ?? NaN, 1);
    }
    for (const text of ["", "{", "[]", '{"type":"Point"}', '{"type":"Polygon","coordinates":[]}']) expect(corners(frame, text)).toEqual([]);
  });
  it("is drawn by keys too, without leaving the map", () => {
    expect(moved([5, 5], "ArrowLeft", false, 800, 600)).toEqual([0, 5]);
    expect(moved([780, 5], "ArrowRight", true, 800, 600)).toEqual([800, 5]);
    expect(moved([5, 5], "ArrowDown", false, 800, 600)).toEqual([5, 15]);
    expect(moved([5, 5], "a", false, 800, 600)).toBeUndefined();
    expect(ground(frame, [400, 409])).toEqual([109.2, 12.2]);
  });
});
