/**
 * A form laid out in screens: whole groups together, until a screen asks five things that must be answered. A question
 * that stands alone (the pledge) ends a screen and never begins one.
 */
import { type Form, type Item, isQuestion, walk } from "../kernel/questionnaire";

export const ENOUGH = 5;

export interface Screen {
  readonly groups: readonly Item[];
}

/** The screens of a form; `only` limits it to some questions (a return visit). */
export function screens(form: Form, only: ReadonlySet<string> | null = null): Screen[] {
  const parts = form.items.filter((item) => only === null || walk([item]).some((inner) => only.has(inner.linkId)));
  const made: Item[][] = [];
  let needed = 0;
  for (const part of parts) {
    const asks = demands(part);
    const current = made[made.length - 1];
    const full = part.type === "group" && asks > 0 && needed > 0 && needed + asks > ENOUGH;
    if (current === undefined || full) {
      made.push([part]);
      needed = asks;
    } else {
      current.push(part);
      needed += asks;
    }
  }
  return made.map((groups) => ({ groups }));
}

/** How many things of a part must be answered whatever is said elsewhere. */
export function demands(part: Item): number {
  if (part.enableWhen.length > 0) return 0;
  if (isQuestion(part)) return part.required ? 1 : 0;
  return part.items.reduce((sum, item) => sum + demands(item), 0);
}

/** Whether a part can wait behind "more information": nothing in it must be answered, and there is more than one thing. */
export function canWait(part: Item): boolean {
  const asked = part.items.filter((item) => item.enableWhen.length === 0);
  return part.type === "group" && demands(part) === 0 && part.enableWhen.length === 0 && asked.length > 1;
}

/** Of a group that must be answered, the questions that needn't be and that nothing has asked for. */
export function extras(part: Item): Item[] {
  if (demands(part) === 0) return [];
  return part.items.filter((item) => isQuestion(item) && !item.required && item.enableWhen.length === 0);
}

/** linkIds of the questions on a screen. */
export function linkIds(screen: Screen): string[] {
  return walk(screen.groups).filter(isQuestion).map((item) => item.linkId);
}
