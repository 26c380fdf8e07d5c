/** Dates of which only a part may be known, and the Vietnamese day; as `lachan.kernel.clock`. */

import { InvalidInput } from "./errors";
import { strip } from "./text";

const EARLIEST_YEAR = 1870;
const LATEST_YEAR = 2199;
const FORMS = [
  /^(?<d>[0-9]{1,2})[/.-](?<m>[0-9]{1,2})[/.-](?<y>[0-9]{4})$/,
  /^(?<y>[0-9]{4})[/.-](?<m>[0-9]{1,2})[/.-](?<d>[0-9]{1,2})$/,
  /^(?<d>[0-9]{2})(?<m>[0-9]{2})(?<y>[0-9]{4})$/,
  /^(?<m>[0-9]{1,2})[/.-](?<y>[0-9]{4})$/,
  /^(?<y>[0-9]{4})[/.-](?<m>[0-9]{1,2})$/,
  /^(?<y>[0-9]{4})$/,
];
const SHORT_YEAR = /^(?:[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{2}|[0-9]{6})$/;
const VN_OFFSET = 7 * 3_600_000; // Asia/Ho_Chi_Minh has had no summer time since 1975

export interface PartialDate {
  readonly year: number;
  readonly month: number | null;
  readonly day: number | null;
}

export interface Bounds {
  /** ISO days of which the date may not lie wholly outside. */
  readonly earliest?: string;
  readonly latest?: string;
}

/** A date as people type it: dd/mm/yyyy, yyyy-mm-dd, ddmmyyyy, mm/yyyy, yyyy-mm or yyyy. Throws InvalidInput `date_…`. */
export function parseDate(text: string, bounds: Bounds = {}): PartialDate {
  const date = readDate(strip(text));
  if (bounds.latest !== undefined && earliestDay(date) > bounds.latest) {
    throw new InvalidInput("date_too_late", { latest: bounds.latest });
  }
  if (bounds.earliest !== undefined && latestDay(date) < bounds.earliest) {
    throw new InvalidInput("date_too_early", { earliest: bounds.earliest });
  }
  return date;
}

function readDate(text: string): PartialDate {
  if (text === "") throw new InvalidInput("date_empty");
  for (const form of FORMS) {
    const parts = form.exec(text)?.groups;
    if (parts) return checked(Number(parts.y), Number(parts.m ?? 0) || null, Number(parts.d ?? 0) || null);
  }
  throw new InvalidInput(SHORT_YEAR.test(text) ? "date_year_two_digits" : "date_format");
}

function checked(year: number, month: number | null, day: number | null): PartialDate {
  if (year < EARLIEST_YEAR || year > LATEST_YEAR) {
    throw new InvalidInput("date_year", { min: EARLIEST_YEAR, max: LATEST_YEAR });
  }
  if (month === null ? day !== null : month > 12) throw new InvalidInput("date_month");
  if (month !== null && day !== null && day > daysIn(year, month)) throw new InvalidInput("date_day");
  return { year, month, day };
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

const two = (value: number): string => String(value).padStart(2, "0");

/** `1990-05-17`, `1990-05` or `1990`. */
export function isoOf(date: PartialDate): string {
  if (date.month === null) return String(date.year);
  return date.day === null
    ? `${date.year}-${two(date.month)}`
    : `${date.year}-${two(date.month)}-${two(date.day)}`;
}

export function earliestDay(date: PartialDate): string {
  return isoOf({ year: date.year, month: date.month ?? 1, day: date.day ?? 1 });
}

export function latestDay(date: PartialDate): string {
  const month = date.month ?? 12;
  return isoOf({ year: date.year, month, day: date.day ?? daysIn(date.year, month) });
}

/** An ISO date, whole or partial, as written in Vietnam: 17/05/1990. */
export function displayDate(iso: string): string {
  return iso.split("-").reverse().join("/");
}

/** The calendar day in Vietnam at a moment, ISO. */
export function localDay(ms: number): string {
  return new Date(ms + VN_OFFSET).toISOString().slice(0, 10);
}

/** `14:05 17/05/2021`, the time in Vietnam. */
export function displayMoment(ms: number): string {
  const iso = new Date(ms + VN_OFFSET).toISOString();
  return `${iso.slice(11, 16)} ${displayDate(iso.slice(0, 10))}`;
}
