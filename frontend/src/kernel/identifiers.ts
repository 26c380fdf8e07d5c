/** Vietnamese identity numbers, and the codes that carry them to a gate; as `lachan.kernel.identifiers`. */

import { isoOf, parseDate, type PartialDate } from "./dates";
import { InvalidInput } from "./errors";
import { hasOwn } from "./own";
import { parsePhone } from "./phones";
import { cleanLine, cleanName, fold, length } from "./text";

export type Sex = "male" | "female";

/** What a scanned card says of a person: a claim, since none of these codes is signed. */
export interface Scanned {
  readonly kind: "cccd_card" | "national_qr" | "insurance_card";
  readonly name: string;
  readonly birth: string;
  readonly sex: Sex | null;
  readonly address: string;
  readonly nationalId: string;
  readonly insurance: string;
  readonly phone: string;
}

const PROVINCES = new Set(
  (
    "001 002 004 006 008 010 011 012 014 015 017 019 020 022 024 025 026 027 030 031 033 034 035 036 037 038 040 " +
    "042 044 045 046 048 049 051 052 054 056 058 060 062 064 066 067 068 070 072 074 075 077 079 080 082 083 084 " +
    "086 087 089 091 092 093 094 095 096"
  ).split(" "),
);
const FIRST_ABROAD = 100;
const LONGEST_SCAN = 3000;
const LONGEST_ADDRESS = 300;
const SEX_WORDS: Record<string, Sex> = { nam: "male", nu: "female", male: "male", female: "female" };
const INSURANCE = /^(?:[0-9]{10}|[A-Z]{2}[0-9]{3}(?:[0-9]{10}|[A-Z]{2}[0-9]{8}))$/;
const GROUPING = /[ .\-\u00a0\t\r\n]/g;
const ENDS = /^[ \t\r\n\ufeff\0]+|[ \t\r\n\ufeff\0]+$/g;

/** A number without the spaces, dots and hyphens that people group it with; long text is left alone. */
export function compact(text: string, longest = 60): string {
  return length(text) <= longest ? text.replace(GROUPING, "") : text;
}

function digitsOf(text: string, size: number, kind: string): string {
  const digits = compact(text);
  if (length(digits) !== size) throw new InvalidInput(`${kind}_length`, { length: size });
  if (!/^[0-9]+$/.test(digits)) throw new InvalidInput(`${kind}_digits`);
  return digits;
}

/** A citizen id of 12 digits. Throws InvalidInput `cccd_…`. */
export function parseCccd(text: string): { number: string; sex: Sex; birthYear: number } {
  const number = digitsOf(text, 12, "cccd");
  const province = number.slice(0, 3);
  if (!PROVINCES.has(province) && Number(province) < FIRST_ABROAD) throw new InvalidInput("cccd_province");
  const kind = Number(number[3]);
  if (kind > 3) throw new InvalidInput("cccd_century");
  const birthYear = (19 + Math.floor(kind / 2)) * 100 + Number(number.slice(4, 6));
  return { number, sex: kind % 2 ? "female" : "male", birthYear };
}

/** An identity card of before the CCCD, 9 digits. Throws InvalidInput `cmnd_…`. */
export function parseCmnd(text: string): string {
  const number = digitsOf(text, 9, "cmnd");
  if (new Set(number).size === 1) throw new InvalidInput("cmnd_implausible");
  return number;
}

export function parsePassport(text: string): string {
  const number = compact(text).toUpperCase();
  if (!/^[A-Z0-9]{6,12}$/.test(number) || number.replace(/[^0-9]/g, "").length < 4) {
    throw new InvalidInput("passport_format");
  }
  return number;
}

/** A citizen id or an old one; a passport has a question of its own. */
export function parseNationalId(text: string): string {
  const number = compact(text);
  if (number === "") throw new InvalidInput("national_id_empty");
  if (!/^\p{Nd}+$/u.test(number)) {
    parsePassport(number);
    throw new InvalidInput("national_id_length");
  }
  if (length(number) === 12) return parseCccd(number).number;
  if (length(number) === 9) return parseCmnd(number);
  throw new InvalidInput("national_id_length");
}

export function parseInsuranceNumber(text: string): string {
  const number = compact(text).toUpperCase();
  if (!INSURANCE.test(number)) throw new InvalidInput("insurance_number");
  return number;
}

/** A number of which only the last three characters show. */
export function maskId(number: string): string {
  const shown = number.length > 6 ? 3 : 0;
  return "*".repeat(number.length - shown) + (shown ? number.slice(-shown) : "");
}

/** The kind of a scanned text, by its form alone. */
export function sniff(text: string): string {
  const trimmed = text.replace(ENDS, "");
  if (trimmed.startsWith("LC1:")) return "lc1";
  if (trimmed.startsWith("HC1:")) return "hc1";
  if (/^shc:\//i.test(trimmed)) return "shc";
  if (/^https?:\/\//i.test(trimmed)) return "url";
  if (length(trimmed) > LONGEST_SCAN) return "unknown";
  return kindOfFields(trimmed.split("|").map((field) => field.trim()));
}

function kindOfFields(fields: string[]): string {
  const [first = "", , third = "", fourth = ""] = fields;
  if (fields.length < 4) return "unknown";
  const dated = fields.slice(2, 4).some((field) => /^(?:[0-9]{8}|[0-9]{2}\/[0-9]{2}\/[0-9]{4})$/.test(field));
  if (/^[0-9]{12}$/.test(first) && fields.length > 4 && dated) return "cccd_card";
  const insurance =
    fields.length > 4 &&
    /^(?:[0-9]{10}|[A-Za-z]{2}[0-9A-Za-z]{13})$/.test(first) &&
    (fields.length > 6 || third.includes("/"));
  if (/^[01]$/.test(fourth) && /^[0-9]{4}(?:-[0-9*xX]{2}){0,2}$/.test(third) && !insurance) return "national_qr";
  return insurance ? "insurance_card" : "unknown";
}

/** Whichever identity code was scanned. Throws InvalidInput `scan_…`, or what the code's own reader throws. */
export function readAny(text: string): Scanned {
  const kind = sniff(text);
  if (kind === "cccd_card") return readCccdCard(split(text, kind));
  if (kind === "national_qr") return readNationalQr(split(text, kind));
  if (kind === "insurance_card") return readInsurance(split(text, "insurance"));
  if (kind === "url") throw new InvalidInput("scan_url");
  throw kind === "unknown" ? new InvalidInput("scan_unknown") : new InvalidInput("scan_signed", { kind });
}

function split(text: string, kind: string): string[] {
  if (length(text) > LONGEST_SCAN || !text.includes("|")) throw new InvalidInput(`${kind}_format`);
  return text.replace(ENDS, "").split("|").map((field) => field.trim());
}

function readCccdCard(fields: string[]): Scanned {
  const { number } = parseCccd(fields[0] ?? "");
  const hasOld = fields.length > 1 && /^[0-9]*$/.test(fields[1] ?? "");
  const [name, birth, sex, address] = fields.slice(hasOld ? 2 : 1);
  if (address === undefined) throw new InvalidInput("cccd_card_format");
  if (hasOld && fields[1]?.length === 9) parseCmnd(fields[1]);
  return {
    ...blank("cccd_card"),
    nationalId: number,
    name: cleanName(name ?? ""),
    birth: isoOf(parseDate(birth ?? "")),
    sex: sexOfWord(sex ?? ""),
    address: addressOf(address),
  };
}

function readNationalQr(fields: string[]): Scanned {
  const [number = "", name = "", birth = "", , , ext = ""] = fields;
  const parts = ext.split("<");
  const known = compact(number).replace(/[x•]/g, "*").toUpperCase();
  if (!/^[*A-Z0-9/]{4,24}$/.test(known)) throw new InvalidInput("national_qr_number");
  return {
    ...blank("national_qr"),
    nationalId: known.includes("*") ? "" : known,
    name: fold(cleanName(name)).toUpperCase(),
    birth: nationalBirth(birth),
    sex: ({ "1": "male", "2": "female" } as const)[parts[1] as "1" | "2"] ?? null,
    insurance: /^(?:[0-9]{10}|[A-Z]{2}[0-9A-Z]{13})$/.test(parts[2] ?? "") ? (parts[2] as string) : "",
    phone: phoneOr(parts[3] ?? ""),
  };
}

function nationalBirth(text: string): string {
  const masked = /^([0-9]{4})(?:-(?:[*xX]{2}|00)){2}$/.exec(text);
  return isoOf(parseDate(masked?.[1] ?? text));
}

function phoneOr(text: string): string {
  try {
    return parsePhone(text);
  } catch (error) {
    if (error instanceof InvalidInput) return "";
    throw error;
  }
}

function readInsurance(fields: string[]): Scanned {
  const given = fields.map((field) => (field === "-" || field === "$" ? "" : field));
  const [number = "", name = "", birth = "", sex = "", address] = given;
  if (address === undefined) throw new InvalidInput("insurance_format");
  return {
    ...blank("insurance_card"),
    insurance: parseInsuranceNumber(number),
    name: cleanName(fromHex(name)),
    birth: isoOf(parseDate(birth)),
    sex: ({ "1": "male", "2": "female" } as const)[sex as "1" | "2"] ?? sexOfWord(sex),
    address: addressOf(fromHex(address)),
  };
}

function blank(kind: Scanned["kind"]): Scanned {
  return { kind, name: "", birth: "", sex: null, address: "", nationalId: "", insurance: "", phone: "" };
}

function fromHex(text: string): string {
  if (!/^(?:[0-9A-Fa-f]{2})+$/.test(text)) return text;
  const bytes = Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new InvalidInput("insurance_hex");
  }
}

function sexOfWord(text: string): Sex {
  const word = length(text) < 20 ? fold(text) : "";
  const sex = hasOwn(SEX_WORDS, word) ? SEX_WORDS[word] : undefined;
  if (sex === undefined) throw new InvalidInput("sex_unknown");
  return sex;
}

function addressOf(text: string): string {
  return cleanLine(text.replace(/[|<]/g, " "), LONGEST_ADDRESS);
}

export interface NationalQr {
  readonly number: string;
  readonly name: string;
  readonly birth: PartialDate;
  readonly proxy: boolean;
  readonly sex: Sex | null;
  readonly insurance: string;
  readonly phone: string;
}

/** The national personal QR of Decision 1405/QĐ-BTTTT; masked by default, as the decision asks. */
export function writeNationalQr(qr: NationalQr, mask = true): string {
  const number = compact(qr.number).toUpperCase();
  const sex = qr.sex === null ? "0" : qr.sex === "male" ? "1" : "2";
  const phone = qr.phone.startsWith("+84") ? `0${qr.phone.slice(3)}` : qr.phone;
  const ext = ["", sex, qr.insurance, phone, ""].map((part) => part.replace(/[|<]/g, "")).join("<");
  const shown = mask ? "*".repeat(Math.min(6, number.length)) + number.slice(6) : number;
  const birth = mask ? `${qr.birth.year}-**-**` : isoOf(qr.birth);
  return [shown, fold(cleanName(qr.name)).toUpperCase(), birth, qr.proxy ? "1" : "0", "", ext].join("|");
}

