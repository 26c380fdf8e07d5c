/** What a text that was scanned or typed at a gate is, and so which reader it belongs to; as `lachan.kernel.reading`. */
import { Malformed, fromBase45 } from "./codes/bytes";
import { InvalidInput } from "./errors";
import { parseCccd, parseCmnd, parseInsuranceNumber, sniff } from "./identifiers";
import { parseShortCode } from "./ids";
import { hasOwn } from "./own";
import { parsePhone } from "./phones";
import { isVietnamese, parsePlate } from "./plates";
import { length } from "./text";

/** Our signed codes by what they say (`lc1`: none that we know), other signed codes, cards, addresses, what people type. */
export const KINDS = [
  "person", "card", "claim", "venue", "form", "appointment", "lc1",
  "hc1", "shc", "national", "cccd", "bhyt", "enrol", "poster", "url",
  "cccd_number", "cmnd_number", "insurance_number", "passport_number", "phone", "plate", "short_code", "place_code",
  "unknown",
] as const; // prettier-ignore
export type Kind = (typeof KINDS)[number];

/**
 * `value`: what its reader takes. A code or card without what a hand scanner adds at its ends; a number without its spaces, a phone as
 * E.164, the place's code of a poster, `LCE1:…` of an enrolment address; "" if unknown.
 */
export interface Reading {
  readonly kind: Kind;
  readonly value: string;
}

const MOST_TEXT = 8192;
const LONGEST_TYPED = 40;
const UNKNOWN: Reading = { kind: "unknown", value: "" };
const SIGNED: Record<number, Kind> = { 1: "venue", 2: "person", 3: "card", 4: "form", 5: "appointment", 6: "claim" };
const SNIFFED: Record<string, Kind> = { hc1: "hc1", shc: "shc", national_qr: "national", cccd_card: "cccd", insurance_card: "bhyt", url: "url" };
const ENDS = /^[ \t\r\n\ufeff\0]+|[ \t\r\n\ufeff\0]+$/g;
const HEAD = [0xd2, 0x84, 0x49, 0xa2, 0x01, 0x26, 0x04, 0x44];
const LENGTHS: Record<number, number> = { 0x58: 1, 0x59: 2, 0x5a: 4 }; // bytes of a CBOR length after its head
const ENOUGH = 33; // characters of base45 that reach the kind, the first value of the payload's map
const ENROL = /^(?:[^]*#)?(LCE1(?::|%3[Aa])[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{22})$/;
const POSTER = /^[hH][tT][tT][pP][sS]?:\/\/[^/?# \t\r\n]+\/(?:[qQ]|[vV][aA][oO])\/([0-9A-Za-z]{8})\/?(?:[?#][^]*)?$/;
const GROUPING = /[ .\-\u2013\u2014\u00a0\t\r\n]/g;
const PASSPORT = /^[A-Z]{1,2}[0-9]{6,8}$/;
const PLACE_CODE = /^(?=.*[0-9])(?=.*[A-Z])[0-9A-HJKMNP-TV-Z]{8}$/;
const ABROAD = /^(?:\+|00)(?!84)[1-9][0-9]{6,14}$/;
const LANDLINE = /^(?:\+84|0084|84|0)(2[0-9]{9})$/;
const MOBILE = /^\+84[35789][0-9]{8}$/;

/** What a text is. Never throws; the reader of the kind may still refuse it. */
export function readingOf(text: string): Reading {
  if (text.length > 2 * MOST_TEXT || length(text) > MOST_TEXT) return UNKNOWN;
  const trimmed = text.replace(ENDS, "");
  if (trimmed.startsWith("LC1:")) return { kind: signed(trimmed.slice(4, 4 + ENOUGH)), value: trimmed };
  const enrol = ENROL.exec(trimmed);
  if (enrol) return { kind: "enrol", value: (enrol[1] as string).replace(/%3[Aa]/, ":") };
  const poster = POSTER.exec(trimmed);
  if (poster) return { kind: "poster", value: (poster[1] as string).toUpperCase() };
  const sniffed = sniff(trimmed);
  return hasOwn(SNIFFED, sniffed) ? { kind: SNIFFED[sniffed] as Kind, value: trimmed } : typed(trimmed);
}

export function kindOf(text: string): Kind {
  return readingOf(text).kind;
}

/** What a code of ours says it is: in its fixed spelling the kind stands within its first 22 bytes. */
function signed(start: string): Kind {
  const data = bytesOf(start);
  if (data.length < 22 || HEAD.some((byte, at) => data[at] !== byte) || data[12] !== 0xa0) return "lc1";
  const head = data[13] as number;
  const at = 14 + (LENGTHS[head] ?? 0);
  const map = data[at] as number;
  const known = ((head >= 0x40 && head <= 0x57) || head in LENGTHS) && map >= 0xa1 && map <= 0xb7 && data[at + 1] === 0;
  return (known && SIGNED[data[at + 2] as number]) || "lc1";
}

function bytesOf(start: string): Uint8Array {
  try {
    return fromBase45(start);
  } catch (error) {
    if (error instanceof Malformed) return new Uint8Array(0);
    throw error;
  }
}

function typed(text: string): Reading {
  if (text === "" || length(text) > LONGEST_TYPED) return UNKNOWN;
  const bare = text.replace(GROUPING, "");
  if (!/^[\0-\x7f]*$/.test(bare)) return plate(text) ?? UNKNOWN;
  if (/^[0-9]+$/.test(bare)) return digits(text, bare);
  if (bare.startsWith("+") || bare.includes("(")) return phone(text, bare);
  return mixed(bare.toUpperCase());
}

function digits(text: string, bare: string): Reading {
  if (bare.length === 12 && reads(parseCccd, bare)) return { kind: "cccd_number", value: bare };
  if (bare.length === 9 && reads(parseCmnd, bare)) return { kind: "cmnd_number", value: bare };
  const found = phone(text, bare);
  if (found.kind !== "unknown" || bare.length === 9) return found;
  return bare.length === 10 ? { kind: "insurance_number", value: bare } : short(bare);
}

function mixed(bare: string): Reading {
  if (!/^[0-9A-Z]+$/.test(bare)) return UNKNOWN;
  if (bare.length === 15 && reads(parseInsuranceNumber, bare)) return { kind: "insurance_number", value: bare };
  const car = plate(bare);
  if (car !== null) return car;
  if (PASSPORT.test(bare)) return { kind: "passport_number", value: bare };
  return PLACE_CODE.test(bare) ? { kind: "place_code", value: bare } : short(bare);
}

/** Only a plate of Viet Nam says by its form that it is one. */
function plate(text: string): Reading | null {
  const value = attempt(parsePlate, text);
  return value !== null && isVietnamese(value) ? { kind: "plate", value } : null;
}

function short(bare: string): Reading {
  const value = attempt(parseShortCode, bare);
  return value === null ? UNKNOWN : { kind: "short_code", value };
}

/** A mobile number of Viet Nam by the plan of numbers; a landline, and one abroad, by its form alone. */
function phone(text: string, bare: string): Reading {
  const digits = bare.replace(/[()/]/g, "");
  if (ABROAD.test(digits)) return { kind: "phone", value: `+${digits.replace(/^[+0]+/, "")}` };
  const landline = LANDLINE.exec(digits);
  if (landline) return { kind: "phone", value: `+84${landline[1]}` };
  const number = attempt(parsePhone, text);
  return number !== null && MOBILE.test(number) ? { kind: "phone", value: number } : UNKNOWN;
}

function reads(parse: (text: string) => unknown, text: string): boolean {
  return attempt(parse, text) !== null;
}

function attempt<T>(parse: (text: string) => T, text: string): T | null {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof InvalidInput) return null;
    throw error;
  }
}
