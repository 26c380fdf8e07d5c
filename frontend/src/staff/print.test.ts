import { expect, test } from "vitest";
import { printWhole } from "./print";

test("what is folded is printed, and folded again after", () => {
  const hear = new Map<string, () => void>();
  const folded = [{ open: false }, { open: false }];
  const document = { querySelectorAll: (what: string) => (what.endsWith(":not([open])") ? folded.filter((one) => !one.open) : []) };
  const view = { document, addEventListener: (name: string, run: () => void) => hear.set(name, run) };
  printWhole(view as unknown as Window);
  hear.get("beforeprint")?.();
  expect(folded.map((one) => one.open)).toEqual([true, true]);
  hear.get("afterprint")?.();
  expect(folded.map((one) => one.open)).toEqual([false, false]);
});
