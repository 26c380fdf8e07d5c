/** What needs no browser of the screens: keystrokes of hand scanners, and colours that can be read in the sun. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { Strokes } from "../keys";

function typed(text: string, gap: number, end = "Enter"): string | null {
  const strokes = new Strokes();
  [...text].forEach((key, at) => strokes.stroke(key, 1000 + at * gap));
  return strokes.stroke(end, 1000 + text.length * gap);
}

describe("hand scanners", () => {
  const CODE = "LC1:6BF+70 790T9WJWG.FKY*4GO0";
  test.each([5, 40, 150])("a text with %i ms a key is a scan", (gap) => expect(typed(CODE, gap)).toBe(CODE));
  test("fingers, short texts and other ends aren't", () => {
    expect(typed(CODE, 400)).toBeNull();
    expect(typed("12345", 5)).toBeNull();
    expect(typed(CODE, 5, "Shift")).toBeNull();
  });
  test("accents and what came before a pause", () => {
    const strokes = new Strokes();
    strokes.stroke("x", 0);
    [..."056|Trần Thị Bưởi"].forEach((key, at) => strokes.stroke(key, 5000 + at * 5));
    expect(strokes.stroke("Enter", 5100)).toBe("056|Trần Thị Bưởi");
  });
});

function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

describe("in the sun", () => {
  const scss = readFileSync(fileURLToPath(new URL("../scanner.scss", import.meta.url)), "utf-8");
  const decisions = [...scss.matchAll(/"(pass|advise|hold|refer)": \((#[0-9a-f]{6}), (#[0-9a-f]{6})/g)];
  test("all four results have their colours", () => expect(decisions.map((match) => match[1])).toEqual(["pass", "advise", "hold", "refer"]));
  test.each(decisions.map((match) => match.slice(1, 4) as [string, string, string]))("%s: %s under %s is at least 7:1", (_name, ground, words) => {
    const [high, low] = [luminance(ground), luminance(words)].sort((a, b) => b - a) as [number, number];
    expect((high + 0.05) / (low + 0.05)).toBeGreaterThanOrEqual(7);
  });
});
