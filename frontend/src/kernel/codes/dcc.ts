/** What stands in an HC1 certificate: one vaccination, test or recovery; as `lachan.kernel.codes.hc1.dcc`. */

import { type Json, parseDateTime } from "../certlogic";
import { InvalidInput } from "../errors";
import { Malformed, utf8 } from "./bytes";
import type { Plain, PlainMap } from "./cbor";

/** Vaccination, test, recovery. */
export type Kind = "v" | "t" | "r";
interface Fields {
  readonly [key: string]: Json;
}
export interface Dcc extends Fields {
  readonly ver: string;
  readonly nam: { fnt: string; fn?: string | null; gn?: string | null; gnt?: string | null } & { [key: string]: Json };
  readonly dob: string;
}
export interface Token {
  readonly kind: Kind;
  readonly dcc: Dcc;
  readonly issuer: string;
  readonly issued: number;
  readonly expires: number;
}

const KINDS: readonly Kind[] = ["v", "t", "r"];
const ISSUER = 1, EXPIRES = 4, ISSUED = 6, HCERT = -260, DCC = 1; // prettier-ignore
const MOST_TEXT = 300; // bytes of UTF-8
const LAST_SECOND = 2 ** 32 - 1;
const SHAPE: Record<Kind, { texts: string[]; may: string[]; counts: string[]; moments: string[] }> = {
  v: { texts: ["tg", "vp", "mp", "ma", "dt", "co", "is", "ci"], may: [], counts: ["dn", "sd"], moments: ["dt"] },
  t: { texts: ["tg", "tt", "sc", "tr", "co", "is", "ci"], may: ["nm", "ma", "tc"], counts: [], moments: ["sc"] },
  r: { texts: ["tg", "fr", "co", "is", "df", "du", "ci"], may: [], counts: [], moments: ["fr", "df", "du"] },
};
const VERSION = /^[0-9]{1,9}\.[0-9]{1,9}\.[0-9]{1,9}$/;
const ICAO = /^[A-Z<]{0,150}$/;

/** The claims of a decoded token; throws Malformed. */
export function tokenOf(token: Plain): Token {
  const certificate = token instanceof Map ? token.get(HCERT) : undefined;
  if (!(certificate instanceof Map)) throw new Malformed("no certificate");
  const map = token as PlainMap;
  const issuer = map.get(ISSUER) ?? null;
  if (issuer !== null && typeof issuer !== "string") throw new Malformed("issuer");
  const dcc = json((certificate as PlainMap).get(DCC) ?? null);
  const kind = checked(dcc);
  return { kind, dcc: dcc as Dcc, issuer: issuer ?? "", issued: time(map.get(ISSUED)), expires: time(map.get(EXPIRES)) };
}

function time(value: Plain | undefined): number {
  if (typeof value !== "number" || value < 0 || value > LAST_SECOND) throw new Malformed("time");
  return Math.floor(value);
}

/** CBOR's value as JSON. Objects have no prototype, so that no key of a stranger's means anything. */
function json(value: Plain): Json {
  if (value instanceof Uint8Array) throw new Malformed("bytes");
  if (Array.isArray(value)) return (value as Plain[]).map(json);
  if (!(value instanceof Map)) return value as Json;
  const object = Object.create(null) as { [key: string]: Json };
  for (const [key, item] of value as PlainMap) {
    if (typeof key !== "string") throw new Malformed("key");
    object[key] = json(item);
  }
  return object;
}

function checked(dcc: Json): Kind {
  const fields = fieldsOf(dcc);
  if (!VERSION.test(text(fields, "ver"))) throw new Malformed("ver");
  checkName(fieldsOf(fields["nam"]));
  if (fields["dob"] !== "") checkMoment(fields, "dob", 4);
  const [kind, entry] = entryIn(fields);
  const shape = SHAPE[kind];
  for (const key of shape.texts) text(entry, key);
  for (const key of shape.may) if ((entry[key] ?? null) !== null) text(entry, key, 0);
  for (const key of shape.moments) checkMoment(entry, key, 10);
  for (const key of shape.counts) checkCount(entry[key]);
  return kind;
}

function fieldsOf(value: Json | undefined): Fields {
  if (value === null || typeof value !== "object" || Array.isArray(value)) throw new Malformed("not a map");
  return value;
}

/** Exactly one entry of exactly one kind; null and [] are how some issuers write the kinds that aren't there. */
function entryIn(fields: Fields): [Kind, Fields] {
  const there = KINDS.filter((kind) => {
    const value = fields[kind] ?? null;
    return value !== null && !(Array.isArray(value) && value.length === 0);
  });
  const kind = there[0];
  const entries = kind === undefined ? null : fields[kind];
  if (kind === undefined || there.length !== 1 || !Array.isArray(entries) || entries.length !== 1) throw new Malformed("one entry");
  return [kind, fieldsOf(entries[0])];
}

function checkName(name: Fields): void {
  text(name, "fnt");
  for (const key of ["fnt", "gnt"]) {
    if ((name[key] ?? null) !== null && !ICAO.test(text(name, key, 0))) throw new Malformed(key);
  }
  for (const key of ["fn", "gn"]) if ((name[key] ?? null) !== null) text(name, key, 0);
}

function text(fields: Fields, key: string, least = 1): string {
  const value = fields[key];
  const size = typeof value === "string" ? utf8(value).length : -1;
  if (size < least || size > MOST_TEXT) throw new Malformed(key);
  return value as string;
}

function checkCount(value: Json | undefined): void {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > 99) throw new Malformed("count");
}

function checkMoment(fields: Fields, key: string, least: number): void {
  try {
    parseDateTime(text(fields, key, least));
  } catch (error) {
    throw error instanceof InvalidInput ? new Malformed(key) : error;
  }
}
