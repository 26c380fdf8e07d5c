import { expect, test } from "vitest";
import { actOf, step } from "./keys";

const pressed = (key: string, more = {}) => ({ key, ctrlKey: false, altKey: false, metaKey: false, typing: false, ...more });

test("keys ask for their act", () => {
  expect(["/", "j", "k", "Enter", "n", "?"].map((key) => actOf(pressed(key)))).toEqual(["search", "down", "up", "open", "next", "help"]);
});

test("nothing happens while someone types or holds a modifier", () => {
  expect(actOf(pressed("j", { typing: true }))).toBeUndefined();
  expect(actOf(pressed("n", { ctrlKey: true }))).toBeUndefined();
  expect(actOf(pressed("z"))).toBeUndefined();
});

test("moving stops at the ends", () => {
  expect(step(-1, 1, 3)).toBe(0);
  expect(step(2, 1, 3)).toBe(2);
  expect(step(0, -1, 3)).toBe(0);
  expect(step(-1, 1, 0)).toBe(-1);
});
