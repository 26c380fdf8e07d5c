/** Which items are shown: `enableWhen` of FHIR R4 over raw answers; as `lachan.kernel.questionnaire.enable`. */

import { hasOwn } from "../own";
import type { Answer, Answers, Condition, Form, Item } from "./model";

const ORDER: Record<string, (left: string | number, right: string | number) => boolean> = {
  ">": (a, b) => a > b,
  "<": (a, b) => a < b,
  ">=": (a, b) => a >= b,
  "<=": (a, b) => a <= b,
};

/** linkIds of the items shown for these answers, groups and texts included. */
export function enabled(form: Form, answers: Readonly<Answers>): Set<string> {
  const live: Answers = { ...answers };
  const shown = new Set<string>();
  for (const linkId of form.order) {
    const item = form.byId.get(linkId) as Item;
    if (item.parents.every((parent) => shown.has(parent)) && isEnabled(item, live)) shown.add(linkId);
    else delete live[linkId];
  }
  return shown;
}

function isEnabled(item: Item, live: Readonly<Answers>): boolean {
  if (item.enableWhen.length === 0) return true;
  const test = (condition: Condition): boolean => holds(condition, own(live, condition.question));
  return item.anyCondition ? item.enableWhen.some(test) : item.enableWhen.every(test);
}

export function own(answers: Readonly<Answers>, linkId: string): Answer | undefined {
  return hasOwn(answers, linkId) ? answers[linkId] : undefined;
}

function holds(condition: Condition, answer: Answer | undefined): boolean {
  const { operator, answer: wanted } = condition;
  const values = Array.isArray(answer) ? (answer as unknown[]) : [answer];
  if (operator === "exists") return values.some(isAnswered) === wanted;
  if (operator === "=") return values.some((value) => value === wanted);
  if (operator === "!=") return !values.some((value) => value === wanted);
  const compare = ORDER[operator] as (left: string | number, right: string | number) => boolean;
  return values.some((value) => {
    const comparable = typeof value === typeof wanted && (typeof value === "string" || typeof value === "number");
    return comparable && compare(value as string, wanted as string);
  });
}

function isAnswered(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}
