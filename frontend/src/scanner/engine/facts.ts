/** What the gate's rules may ask of a declaration; null where nobody said. */
import { derived } from "../../kernel/decisions";
import { localDay } from "../../kernel/dates";
import type { Answers } from "../../kernel/questionnaire";

export interface Facts {
  readonly declared_result: string | null;
  readonly declared_age_h: number | null;
  readonly symptoms: boolean | null;
  readonly test_result: string | null;
  readonly test_age_h: number | null;
  readonly doses: number | null;
  readonly days_since_last_dose: number | null;
  readonly days_since_recovery: number | null;
  readonly hc1_ok: boolean | null;
  /** Where this moment stands to the hour of an appointment, and whether it is at this place. */
  readonly appointment: "before" | "now" | "after" | null;
  readonly appointment_here: boolean | null;
  /** Paths of units that the person comes from. */
  readonly from: readonly string[];
}
export const NOTHING: Facts = {
  declared_result: null, declared_age_h: null, symptoms: null, test_result: null, test_age_h: null, doses: null, days_since_last_dose: null,
  days_since_recovery: null, hc1_ok: null, appointment: null, appointment_here: null, from: [],
}; // prettier-ignore

const SYMPTOMS = ["fever", "cough", "breathless", "sore_throat", "pneumonia", "fatigue", "taste_smell"];

/** From a declaration's answers, at a moment in Unix milliseconds. */
export function factsOf(answers: Readonly<Answers>, ms: number): Facts {
  const since = derived(answers, localDay(ms)) as Record<string, number | null>;
  const days = (key: string): number | null => whole(since[key]);
  const tested = days("days_since_test");
  return {
    ...NOTHING,
    symptoms: symptomsOf(answers),
    test_result: typeof answers.test_result === "string" ? answers.test_result : null,
    test_age_h: tested === null ? null : tested * 24,
    doses: whole(answers.doses),
    days_since_last_dose: days("days_since_last_dose"),
    days_since_recovery: days("days_since_recovery"),
    from: unitsOf(answers),
  };
}

function whole(value: unknown): number | null {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 ? value : null;
}

function symptomsOf(answers: Readonly<Answers>): boolean | null {
  if (answers.no_symptoms === false || SYMPTOMS.some((symptom) => answers[symptom] === true)) return true;
  return answers.no_symptoms === true ? false : null;
}

function unitsOf(answers: Readonly<Answers>): string[] {
  const visited = Array.isArray(answers.visited_units) ? answers.visited_units : [];
  return [answers.origin, answers.residence, ...visited].filter((path): path is string => typeof path === "string" && path.endsWith("/"));
}

/** The worst level of the places come from; a place takes the level of the nearest unit above it. Null when none is known. */
export function levelFrom(paths: readonly string[], levels: Readonly<Record<string, number>>): number | null {
  const found = paths.map((path) => levelOf(path, levels)).filter((level): level is number => level !== null);
  return found.length ? Math.max(...found) : null;
}

function levelOf(path: string, levels: Readonly<Record<string, number>>): number | null {
  const parts = path.split("/").filter(Boolean);
  for (let size = parts.length; size > 0; size--) {
    const level = levels[`${parts.slice(0, size).join("/")}/`];
    if (typeof level === "number") return level;
  }
  return null;
}
