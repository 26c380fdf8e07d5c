import { expect, test } from "vitest";
import { en } from "../../i18n/round.en";
import { vi } from "../../i18n/round.vi";
import { temperatureOf } from "../forms";
import { worryOf } from "../notes";

test.each([["38,2", 38.2], ["38.25", 38.3], ["37", 37], ["382", 38.2], [" 36,6 °C", 36.6], ["", null], ["50", undefined], ["33,9", undefined], ["nóng", undefined], ["38,2,1", undefined]])("a temperature typed as %s", (typed, value) => {
  expect(temperatureOf(typed)).toBe(value);
});

test("the gravest of what was seen, as the province says it", () => {
  expect(worryOf({ absent: true, symptoms: ["cough"] })).toBe("symptoms");
  expect(worryOf({ temperature: 37.5 })).toBe("symptoms");
  expect(worryOf({ refused: true, absent: true })).toBe("refused");
  expect(worryOf({ absent: true, needs: ["food"] })).toBe("absent");
  expect(worryOf({ needs: ["food"], temperature: 37.4 })).toBe("needs");
  expect(worryOf({})).toBe("");
});

test("both languages fill the same blanks", () => {
  const blanks = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
  for (const key of Object.keys(vi) as (keyof typeof vi)[]) expect(blanks(en[key]), key).toEqual(blanks(vi[key]));
});
