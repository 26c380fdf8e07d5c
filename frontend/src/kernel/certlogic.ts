/**
 * CertLogic 1.3.2: decision rules as JSON data. The same values and the same refusals as `lachan.kernel.certlogic`
 * in Python; the vectors of `lachan.kernel.vectors` hold both to it.
 */

import { InvalidInput } from "./errors";
import { hasOwn } from "./own";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
/** What a rule gives: JSON, or a moment (UTC) where the rule makes a date-time. */
export type Value = Json | Date | Value[];

const MAX_DEPTH = 64;
const UNITS = new Set(["year", "month", "day", "hour"]);
const INDEX = /^(?:0|[1-9][0-9]{0,9})$/;
const DATE_TIME =
  /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:(Z)|([+-])(\d{1,2}?)(?::?(\d\d))?)?)?)?)?$/;
const ORDER: Record<string, (order: number) => boolean> = {
  ">": (o) => o > 0, "<": (o) => o < 0, ">=": (o) => o >= 0, "<=": (o) => o <= 0,
  after: (o) => o > 0, before: (o) => o < 0, "not-after": (o) => o <= 0, "not-before": (o) => o >= 0,
}; // prettier-ignore
const TIMES = new Set(["after", "before", "not-after", "not-before"]);
const ARITY: Record<string, readonly [number, number]> = {
  if: [3, 3], "===": [2, 2], in: [2, 2], "+": [2, 2], "!": [1, 1], and: [2, 1000],
  plusTime: [3, 3], dccDateOfBirth: [1, 1], reduce: [3, 3], extractFromUVCI: [2, 2],
  ">": [2, 3], "<": [2, 3], ">=": [2, 3], "<=": [2, 3],
  after: [2, 3], before: [2, 3], "not-after": [2, 3], "not-before": [2, 3],
}; // prettier-ignore

/** The value of a rule over JSON data. Throws InvalidInput `rule_…`. */
export function evaluate(rule: Json, data: Value, depth = 0): Value {
  if (depth > MAX_DEPTH) throw new InvalidInput("rule_too_deep");
  if (typeof rule === "string" || typeof rule === "boolean") return rule;
  if (typeof rule === "number") return literal(rule);
  if (Array.isArray(rule)) return rule.map((item) => evaluate(item, data, depth + 1));
  const [name, args] = operation(rule);
  if (name === "var") return variable(args, data);
  return run(name, args as Json[], data, depth + 1);
}

function literal(value: Json | undefined): number {
  if (typeof value === "number" && Number.isInteger(value)) return value;
  throw new InvalidInput("rule_literal");
}

function operation(rule: Json): [string, Json] {
  if (rule === null || typeof rule !== "object" || Array.isArray(rule)) throw new InvalidInput("rule_literal");
  const entries = Object.entries(rule);
  const only = entries[0];
  if (entries.length !== 1 || only === undefined) throw new InvalidInput("rule_operation");
  const [name, args] = only;
  if (name === "var") return [name, args];
  const bounds = hasOwn(ARITY, name) ? ARITY[name] : undefined;
  if (bounds === undefined) throw new InvalidInput("rule_operator", { operator: name.slice(0, 40) });
  if (!Array.isArray(args) || args.length < bounds[0] || args.length > bounds[1]) {
    throw new InvalidInput("rule_operands", { operator: name });
  }
  return [name, args];
}

function run(name: string, args: Json[], data: Value, depth: number): Value {
  const at = (index: number): Value => evaluate(args[index] as Json, data, depth);
  switch (name) {
    case "if":
      return truth(at(0)) === true ? at(1) : at(2);
    case "and":
      return and(args, data, depth);
    case "!":
      return !checkedTruth(at(0), "!");
    case "===":
      return same(at(0), at(1));
    case "in":
      return member(at(0), at(1));
    case "+":
      return integers([at(0), at(1)], "+").reduce((sum, value) => sum + value, 0);
    case "plusTime":
      return addTime(args, data, depth);
    case "dccDateOfBirth":
      return dateOfBirth(at(0));
    case "reduce":
      return reduce(args, data, depth);
    case "extractFromUVCI":
      return fragmentOf(args, data, depth);
    default:
      return compare(name, args.map((_, index) => at(index)));
  }
}

/** True or false as the specification says; null for what is neither (fractions, moments). */
export function truth(value: Value): boolean | null {
  if (typeof value === "boolean") return value;
  if (value === null || value === undefined) return false;
  if (typeof value === "string" || Array.isArray(value)) return value.length > 0;
  if (typeof value === "number") return Number.isInteger(value) ? value !== 0 : null;
  return value instanceof Date ? null : Object.keys(value).length > 0;
}

function checkedTruth(value: Value, operator: string): boolean {
  const verdict = truth(value);
  if (verdict === null) throw new InvalidInput("rule_type", { operator });
  return verdict;
}

function same(left: Value, right: Value): boolean {
  return (left === null || typeof left !== "object") && left === right;
}

function member(value: Value, pool: Value): boolean {
  if (!Array.isArray(pool)) throw new InvalidInput("rule_type", { operator: "in" });
  return pool.some((item) => same(value, item));
}

function integers(values: Value[], operator: string): number[] {
  return values.map((value) => {
    if (typeof value === "number" && Number.isInteger(value)) return value;
    throw new InvalidInput("rule_type", { operator });
  });
}

function variable(path: Json, data: Value): Value {
  if (typeof path !== "string") throw new InvalidInput("rule_var_path");
  if (path === "") return data;
  const parts = path.split(".");
  if (parts.includes("")) throw new InvalidInput("rule_var_path");
  return parts.reduce(step, data);
}

function step(value: Value, fragment: string): Value {
  if (Array.isArray(value)) return INDEX.test(fragment) ? (value[Number(fragment)] ?? null) : null;
  if (value === null || typeof value !== "object" || value instanceof Date) return null;
  return hasOwn(value, fragment) ? ((value as Record<string, Value>)[fragment] ?? null) : null;
}

function and(args: Json[], data: Value, depth: number): Value {
  let value: Value = null;
  for (const operand of args) {
    value = evaluate(operand, data, depth);
    if (!checkedTruth(value, "and")) return value;
  }
  return value;
}

function compare(name: string, operands: Value[]): boolean {
  const test = ORDER[name] as (order: number) => boolean;
  const values = TIMES.has(name) ? operands.map((operand) => momentOf(operand, name)) : integers(operands, name);
  return values.slice(1).every((value, index) => test((values[index] as number) - value));
}

function momentOf(value: Value, operator: string): number {
  if (value instanceof Date) return value.getTime();
  if (typeof value === "string") return parseDateTime(value).getTime();
  throw new InvalidInput("rule_type", { operator });
}

function reduce(args: Json[], data: Value, depth: number): Value {
  const operand = evaluate(args[0] as Json, data, depth);
  if (operand !== null && !Array.isArray(operand)) throw new InvalidInput("rule_type", { operator: "reduce" });
  let accumulator = evaluate(args[2] as Json, data, depth);
  for (const current of operand ?? []) {
    accumulator = evaluate(args[1] as Json, { accumulator, current } as unknown as Value, depth);
  }
  return accumulator;
}

function fragmentOf(args: Json[], data: Value, depth: number): string | null {
  const index = literal(args[1]);
  const value = evaluate(args[0] as Json, data, depth);
  if (value === null) return null;
  if (typeof value !== "string") throw new InvalidInput("rule_type", { operator: "extractFromUVCI" });
  const parts = value.replace(/^URN:UVCI:/, "").split(/[/#:]/);
  return index >= 0 && index < parts.length ? (parts[index] as string) : null;
}

// Dates. A partial date means its last day; days beyond a month's end run over into the next.

function addTime(args: Json[], data: Value, depth: number): Date {
  const unit = args[2];
  if (typeof unit !== "string" || !UNITS.has(unit)) throw new InvalidInput("rule_time_unit");
  return plusTime(evaluate(args[0] as Json, data, depth), evaluate(args[1] as Json, data, depth), unit);
}

function plusTime(value: Value, amount: Value, unit: string): Date {
  if (typeof value !== "string") throw new InvalidInput("rule_type", { operator: "plusTime" });
  const number = integers([amount], "plusTime")[0] as number;
  const moment = parseDateTime(value);
  const day = moment.getUTCDate();
  if (unit === "day") moment.setUTCDate(day + number);
  else if (unit === "hour") moment.setTime(moment.getTime() + number * 3_600_000);
  else {
    moment.setUTCDate(1);
    moment.setUTCMonth(moment.getUTCMonth() + (unit === "year" ? number * 12 : number));
    checkRange(moment, "rule_date_range");
    moment.setUTCDate(day);
  }
  return checkRange(moment, "rule_date_range");
}

function checkRange(moment: Date, code: string): Date {
  const year = moment.getUTCFullYear();
  if (year >= 1 && year <= 9999) return moment; // false for an invalid date too
  throw new InvalidInput(code);
}

function dateOfBirth(value: Value): Date {
  if (typeof value !== "string") throw new InvalidInput("rule_type", { operator: "dccDateOfBirth" });
  if (value.includes("T")) throw new InvalidInput("rule_date");
  return parseDateTime(value);
}

/** A date or date-time of the specification's formats, in UTC with milliseconds. Throws InvalidInput `rule_date`. */
export function parseDateTime(text: string): Date {
  const match = DATE_TIME.exec(text);
  if (match === null) throw new InvalidInput("rule_date");
  const [, y, mo, d, h, mi, s, fraction, , sign, offsetH, offsetM] = match;
  const year = Number(y);
  const month = Number(mo ?? 12);
  const day = d === undefined ? lastDay(year, month) : Number(d);
  const clock: [number, number, number] = [Number(h ?? 0), Number(mi ?? 0), Number(s ?? 0)];
  const valid = month >= 1 && month <= 12 && day >= 1 && day <= lastDay(year, month) && year >= 1;
  if (!valid || clock[0] > 23 || clock[1] > 59 || clock[2] > 59) throw new InvalidInput("rule_date");
  const moment = new Date(0);
  moment.setUTCFullYear(year, month - 1, day);
  moment.setUTCHours(...clock, Number((fraction ?? "0").slice(0, 3).padEnd(3, "0")));
  return sign === undefined ? moment : shifted(moment, sign, Number(offsetH), Number(offsetM ?? 0));
}

function shifted(moment: Date, sign: string, hours: number, minutes: number): Date {
  if (hours > 23 || minutes > 59) throw new InvalidInput("rule_date");
  const offset = (hours * 60 + minutes) * 60_000;
  moment.setTime(moment.getTime() + (sign === "+" ? -offset : offset));
  return checkRange(moment, "rule_date");
}

function lastDay(year: number, month: number): number {
  const day = new Date(0);
  day.setUTCFullYear(year, month, 0);
  return day.getUTCDate();
}

/** A result as JSON: moments become ISO strings in UTC with milliseconds. */
export function toJson(value: Value): Json {
  if (value instanceof Date) return value.toISOString();
  return Array.isArray(value) ? value.map(toJson) : (value as Json);
}
