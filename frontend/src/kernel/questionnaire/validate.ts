/** Answers in, clean answers and every error out: the codes of `lachan.kernel.questionnaire.validate`. */

import { InvalidInput, type Params } from "../errors";
import { cleanLine, cleanText, length, strip } from "../text";
import { enabled, own } from "./enable";
import { FORMATS, addDays, dateTime, isoDate, notAfter, partialDate } from "./formats";
import { type Answer, type Answers, type Form, type Item, isQuestion } from "./model";

export interface FieldError {
  readonly field: string;
  readonly code: string;
  readonly params: Params;
}
export interface Clean {
  readonly answers: Answers;
  /** The same values by role. */
  readonly record: Answers;
  readonly errors: readonly FieldError[];
}

type Scalar = string | number | boolean;

const TYPE_CODES = new Set(["not_text", "not_boolean", "not_number", "not_integer", "not_choice"]);
const MAX_REPEATS = 50;
const LARGEST = 2 ** 53 - 1;
const LONGEST = 100_000;
const DEFAULT_LENGTH: Record<string, number> = { string: 255, text: 2000 };

/** Validate by the day in Vietnam (ISO). Never throws for what the answers hold. */
export function validate(form: Form, answers: Readonly<Answers>, today: string): Clean {
  const shown = enabled(form, answers);
  const clean: Answers = {};
  const errors: FieldError[] = [];
  for (const item of form.byId.values()) {
    if (!shown.has(item.linkId) || !isQuestion(item)) continue;
    const error = checkInto(clean, item, own(answers, item.linkId), today);
    if (error !== null) errors.push(error);
  }
  return { answers: clean, record: recordOf(form, clean), errors: [...errors, ...unknown(form, answers)] };
}

/** What is wrong with one answer by itself; null when nothing is. */
export function checkOne(item: Item, answer: Answer | undefined, today: string): FieldError | null {
  return checkInto({}, item, answer, today);
}

function checkInto(clean: Answers, item: Item, given: Answer | undefined, today: string): FieldError | null {
  const raw = given === undefined && item.readOnly ? item.initial : given;
  if (raw === null && !item.required) {
    clean[item.linkId] = null;
    return null;
  }
  try {
    const value = isBlank(raw) ? undefined : checkItem(item, raw as Answer, today);
    if (!isBlank(value)) clean[item.linkId] = value as Answer;
    else if (item.required) return { field: item.linkId, code: "required", params: {} };
    return null;
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    const several = Array.isArray(raw) && !item.repeats && TYPE_CODES.has(error.code);
    return { field: item.linkId, code: several ? "single_value" : error.code, params: several ? {} : error.params };
  }
}

function isBlank(raw: Answer | undefined): boolean {
  return raw === undefined || raw === null || raw === "" || (Array.isArray(raw) && raw.length === 0);
}

function unknown(form: Form, answers: Readonly<Answers>): FieldError[] {
  const strange = Object.keys(answers).filter((key) => !isQuestion(form.byId.get(key) ?? ({ type: "" } as Item)));
  return strange.slice(0, 20).map((field) => ({ field, code: "unknown_field", params: {} }));
}

function recordOf(form: Form, clean: Readonly<Answers>): Answers {
  const record: Answers = {};
  for (const item of form.byId.values()) {
    const value = own(clean, item.linkId);
    if (item.role !== "" && value !== undefined && (record[item.role] ?? null) === null) record[item.role] = value;
  }
  return record;
}

function checkItem(item: Item, raw: Answer, today: string): Answer {
  if (item.repeats) {
    const values = (Array.isArray(raw) ? raw : [raw]) as Scalar[];
    if (values.length > MAX_REPEATS) throw new InvalidInput("too_many", { max: MAX_REPEATS });
    return values.map((value) => checkEntry(item, value, today)).filter((value) => value !== "");
  }
  return checkScalar(item, raw, today);
}

function checkEntry(item: Item, raw: Answer, today: string): Scalar {
  if (Array.isArray(raw)) throw new InvalidInput("nested_list");
  return checkScalar(item, raw, today);
}

function checkScalar(item: Item, raw: Answer, today: string): Scalar {
  if (item.readOnly) {
    if (raw !== item.initial) throw new InvalidInput("read_only");
    return raw as Scalar;
  }
  return checkType(item, raw as Scalar, today);
}

function checkType(item: Item, raw: Scalar, today: string): Scalar {
  switch (item.type) {
    case "boolean":
      return checkBoolean(item, raw);
    case "choice":
      if (item.options.some((option) => option.code === raw)) return raw;
      throw new InvalidInput("not_choice");
    case "integer":
      if (typeof raw !== "number" || !Number.isInteger(raw)) throw new InvalidInput("not_integer");
      return inRange(item, raw);
    case "decimal":
      if (typeof raw !== "number" || !Number.isFinite(raw)) throw new InvalidInput("not_number");
      return inRange(item, raw);
    case "date":
      return checkDate(item, text(raw), today);
    case "dateTime":
      return checkMoment(item, text(raw), today);
    default:
      return checkText(item, text(raw), today);
  }
}

function checkBoolean(item: Item, raw: Scalar): boolean {
  if (raw === true || (raw === false && item.role !== "pledge")) return raw;
  throw new InvalidInput(raw === false ? "pledge_required" : "not_boolean");
}

function inRange(item: Item, value: number): number {
  const [min, max] = [item.minimum ?? -LARGEST, item.maximum ?? LARGEST];
  if (value < min || value > max) throw new InvalidInput("out_of_range", { min, max });
  return value;
}

function checkDate(item: Item, value: string, today: string): string {
  if (item.format === "partial-date") return checkPartial(item, value, today);
  const day = isoDate(value);
  if (item.past) notAfter(day, today);
  if (item.withinDays && day < addDays(today, -item.withinDays)) {
    throw new InvalidInput("date_too_old", { days: item.withinDays });
  }
  return day;
}

function checkPartial(item: Item, value: string, today: string): string {
  return strip(value) === "" ? "" : partialDate(value, today, item.past || item.role === "birth");
}

function checkMoment(item: Item, value: string, today: string): string {
  const moment = dateTime(value);
  if (item.past) notAfter(moment.slice(0, 10), today);
  return moment;
}

function checkText(item: Item, value: string, today: string): string {
  if (item.format === "partial-date") return checkPartial(item, value, today);
  const limit = item.maxLength || (DEFAULT_LENGTH[item.type] as number);
  const parse = FORMATS[item.format];
  if (parse === undefined) return item.type === "text" ? cleanText(value, limit) : cleanLine(value, limit);
  return strip(value) === "" ? "" : parse(value);
}

function text(raw: Scalar): string {
  if (typeof raw !== "string") throw new InvalidInput("not_text");
  if (length(raw) > LONGEST) throw new InvalidInput("text_too_long", { max: LONGEST });
  return raw;
}
