/** One declaration being filled in: answers, what is shown, what is wrong. Knows no page. */
import { localDay } from "../kernel/dates";
import { type Answer, type Answers, type Clean, type FieldError, type Form, type Item, checkOne, enabled, isQuestion, validate } from "../kernel/questionnaire";

/** A question with a box to tick: what needn't be answered, and the pledge. */
export function isBox(item: Item): boolean {
  return item.type === "boolean" && (!item.required || item.role === "pledge");
}

export class Session {
  readonly errors = new Map<string, FieldError>();
  /** Questions that this person has had before their eyes: only those can be answered by leaving a box unticked. */
  readonly seen = new Set<string>();
  answers: Answers;

  constructor(
    readonly form: Form,
    answers: Answers = {},
    readonly clock: () => number = Date.now,
  ) {
    this.answers = { ...initial(form), ...answers };
  }

  get today(): string {
    return localDay(this.clock());
  }

  shown(): Set<string> {
    return enabled(this.form, this.answers);
  }

  set(linkId: string, value: Answer | undefined): void {
    if (value === undefined || value === "") delete this.answers[linkId];
    else this.answers[linkId] = value;
    this.errors.delete(linkId);
  }

  /** Look at one answer when its field is left; a field left empty isn't scolded before "continue". */
  check(linkId: string): void {
    const item = this.form.byId.get(linkId);
    const answer = this.answers[linkId];
    if (item === undefined || answer === undefined) return;
    const error = checkOne(item, answer, this.today);
    if (error) this.errors.set(linkId, error);
    else this.errors.delete(linkId);
  }

  /** Check some questions, keep what is wrong, say whether nothing is. */
  checkAll(linkIds: readonly string[]): boolean {
    const wanted = new Set(linkIds);
    for (const linkId of wanted) this.errors.delete(linkId);
    for (const error of this.clean().errors) if (wanted.has(error.field)) this.errors.set(error.field, error);
    return linkIds.every((linkId) => !this.errors.has(linkId));
  }

  clean(): Clean {
    return validate(this.form, this.complete(), this.today);
  }

  /** The answers, with "no" for boxes that were shown and left unticked. */
  complete(): Answers {
    const shown = this.shown();
    const answers = { ...this.answers };
    for (const item of this.form.byId.values()) {
      const left = isBox(item) && item.role !== "pledge" && answers[item.linkId] === undefined;
      if (left && shown.has(item.linkId) && this.seen.has(item.linkId)) answers[item.linkId] = false;
    }
    return Object.fromEntries(Object.entries(answers).filter(([linkId]) => shown.has(linkId)));
  }
}

function initial(form: Form): Answers {
  const given = [...form.byId.values()].filter((item) => isQuestion(item) && item.initial !== null);
  return Object.fromEntries(given.map((item) => [item.linkId, item.initial]));
}
