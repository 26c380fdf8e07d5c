/** The decision about a declaration by dated rules, as `lachan.kernel.decisions`: a preview only, the server decides. */

import type { Json, Value } from "./certlogic";
import type { Answers, Text } from "./questionnaire";
import { holding, worstFirst } from "./rules";

export type Result = "green" | "attention" | "stop";

export interface Reason {
  readonly rule: string;
  readonly result: Result;
  readonly text: Text;
  readonly advice: Text;
  readonly document: string;
}
export interface Rule extends Reason {
  readonly when: Json;
}
export interface RuleSet {
  readonly version: string;
  readonly returnWindowDays: number;
  readonly rules: readonly Rule[];
  readonly fallback: Reason;
  readonly broken: Reason;
}
export interface Decision {
  readonly result: Result;
  readonly reasons: readonly Reason[];
}

const RANK: Record<Result, number> = { green: 0, attention: 1, stop: 2 };
const DATES = {
  days_since_test: "test_date",
  days_since_last_dose: "last_dose_date",
  days_since_recovery: "recovery_date",
  days_since_contact: "contact_last",
};

/** Decide over clean answers and the context, which answers can't forge. Never throws. */
export function decide(rules: RuleSet, answers: Readonly<Answers>, context: Record<string, Json>): Decision {
  const data = { ...answers, ...context } as unknown as Value;
  const found = holding<Reason>(rules.rules, rules.broken, data);
  const reasons = worstFirst(found.length ? found : [rules.fallback], RANK);
  return { result: (reasons[0] as Reason).result, reasons };
}

/** The part of the context that follows from clean answers and the day (ISO, in Vietnam). */
export function derived(answers: Readonly<Answers>, today: string): Record<string, Json> {
  const context: Record<string, Json> = { age: age(answers["birth"], today) };
  for (const [name, linkId] of Object.entries(DATES)) context[name] = days(answers[linkId], today);
  return context;
}

function days(value: unknown, today: string): number | null {
  return typeof value === "string" && value ? (Date.parse(today) - Date.parse(value)) / 86_400_000 : null;
}

function age(birth: unknown, today: string): number | null {
  if (typeof birth !== "string" || birth === "") return null;
  const [year, month = 12, day = 31] = birth.split("-").map(Number) as [number, number?, number?];
  const [y, m, d] = today.split("-").map(Number) as [number, number, number];
  return Math.max(0, y - year - (m < month || (m === month && d < day) ? 1 : 0));
}
