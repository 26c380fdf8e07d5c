/** Answers of a stricter form, as they are stored; as `lachan.kernel.questionnaire.formats`. */

import { earliestDay, isoOf, parseDate, type PartialDate } from "../dates";
import { InvalidInput } from "../errors";
import { parseInsuranceNumber, parseNationalId, parsePassport } from "../identifiers";
import { parsePhone } from "../phones";
import { parsePlate } from "../plates";
import { cleanName, length, strip } from "../text";

const VN_MINUTES = 7 * 60;
const UNIT = /^(?:(?:[0-9]{2,5}\/){1,3}|[0-9]{2}|[0-9]{3}|[0-9]{5})$/;
const EMAIL = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}$/;
const DATE_TIME = /^(\d{4}-\d\d-\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:[.,]\d{1,6})?)?(?:(Z)|([+-])(\d\d):?(\d\d))?$/;

export function short(value: string): string {
  if (length(value) > 64) throw new InvalidInput("too_long", { max: 64 });
  return value;
}

export function readPartial(value: string): PartialDate {
  return parseDate(short(value));
}

/** A whole date, `YYYY-MM-DD` and nothing else. */
export function isoDate(value: string): string {
  if (/^\d{4}-\d\d-\d\d$/.test(value) && value >= "1870-01-01" && value < "2200-01-01") {
    const date = new Date(`${value}T00:00:00Z`);
    if (!Number.isNaN(date.getTime()) && date.toISOString().startsWith(value)) return value;
  }
  throw new InvalidInput("not_date");
}

/** A moment in UTC, to the second; without an offset it is Vietnam's time. */
export function dateTime(value: string): string {
  const match = DATE_TIME.exec(value);
  if (match === null) throw new InvalidInput("not_date_time");
  const [, day, hour, minute, second, zulu, sign, offsetH, offsetM] = match;
  isoDate(day as string);
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second ?? 0) > 59) throw new InvalidInput("not_date_time");
  const given = (sign === "-" ? -1 : 1) * (Number(offsetH) * 60 + Number(offsetM));
  const offset = zulu ? 0 : sign ? given : VN_MINUTES;
  const ms = Date.parse(`${day}T${hour}:${minute}:${second ?? "00"}Z`) - offset * 60_000;
  return new Date(ms).toISOString().replace(/\.\d+/, "");
}

/** Refuse what lies ahead, with a day of grace for a phone's clock in another zone. */
export function notAfter(day: string, today: string): void {
  if (day > addDays(today, 1)) throw new InvalidInput("date_in_future", { latest: today });
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

export function partialDate(value: string, today: string, past: boolean): string {
  const date = readPartial(value);
  if (past) notAfter(earliestDay(date), today);
  return isoOf(date);
}

function matching(pattern: RegExp, code: string): (value: string) => string {
  return (value) => {
    const compact = short(value).replace(/ /g, "").toUpperCase();
    if (!pattern.test(compact)) throw new InvalidInput(code);
    return compact;
  };
}

/** As it was written, in capitals. */
function plate(value: string): string {
  parsePlate(value);
  return value.replace(/[ \u00a0\t\r\n]/g, "").toUpperCase();
}

function email(value: string): string {
  const trimmed = strip(value);
  if (trimmed.length > 254 || !EMAIL.test(trimmed)) throw new InvalidInput("email_format");
  return trimmed;
}

export const FORMATS: Readonly<Record<string, (value: string) => string>> = {
  name: (value) => cleanName(value),
  phone: parsePhone,
  cccd: (value) => parseNationalId(short(value)),
  unit: matching(UNIT, "unit_format"),
  passport: (value) => parsePassport(short(value)),
  insurance: (value) => parseInsuranceNumber(short(value)),
  plate,
  email,
};
