/** The log that a device at a gate keeps, as `lachan.kernel.scanlog` reads it; docs/formats/scan-log.md. */
import { type Bytes, concat, sha256, utf8 } from "./codes/bytes";
import { type GateResult, RANK } from "./gates";
import { uuidBytes } from "./ids";
import { hasOwn } from "./own";

export const HOW = ["pass", "card", "claim", "national", "cccd", "bhyt", "hc1", "appointment", "manual", "count"] as const;
export const OUTCOMES = ["", "passed", "turned_back", "sent_to_test", "handed_over"] as const;
export const DIRECTIONS = ["", "in", "out"] as const;
export const ROLES = ["", "driver", "companion", "person"] as const;

export type How = (typeof HOW)[number];
export type Outcome = (typeof OUTCOMES)[number];
export type Direction = (typeof DIRECTIONS)[number];
export type Role = (typeof ROLES)[number];

/** How much the province takes of each field; texts in code points. */
export const LIMITS = {
  bytes: 9216, seq: 2 ** 40, up: 2 ** 40, count: 10_000, reasons: 20, reason: 40, override: 200, dest: 10, path: 40, coldest: 30, hottest: 45,
  texts: { rules: 40, to: 120, plate: 16, why: 120, app: 40, bundle: 64 },
  person: { name: 100, birth: 10, sex: 10, national_id: 20, phone: 20, insurance: 20, residence: 40 },
  paper: { kind: 60, number: 60, issuer: 120, until: 25 },
  vpass: { number: 60, until: 25 },
} as const; // prettier-ignore

export interface PersonSaid {
  readonly name: string;
  readonly birth: string;
  readonly sex: string;
  readonly national_id: string;
  readonly phone: string;
  readonly insurance: string;
  readonly residence: string;
}
export interface TravelPaper {
  readonly kind: string;
  readonly number: string;
  readonly issuer: string;
  readonly until: string;
}
export interface VehiclePass {
  readonly number: string;
  readonly until: string;
}

/** A scan before it has its number in the log. Times of `at`: ISO with milliseconds, UTC, by the device's clock. */
export interface Line {
  readonly v: 1;
  readonly id: string;
  readonly at: string;
  readonly up: number | null;
  readonly shift: string;
  readonly place: string;
  readonly dir: Direction;
  readonly how: How;
  readonly verified: boolean;
  readonly result: GateResult;
  readonly reasons: readonly string[];
  readonly rules: string;
  readonly over: { readonly result: GateResult; readonly reason: string } | null;
  readonly outcome: Outcome;
  readonly to: string;
  readonly serial: string;
  readonly declaration: string;
  readonly group: string;
  readonly role: Role;
  readonly temp: number | null;
  readonly plate: string;
  readonly paper: TravelPaper | null;
  readonly vpass: VehiclePass | null;
  readonly dest: readonly string[];
  readonly person: PersonSaid | null;
  readonly n: number;
  readonly why: string;
  readonly app: string;
  readonly bundle: string;
}

/** The head before the first line. */
export const START: Bytes = new Uint8Array(32);
const DOMAIN = utf8("LCS1");

/** The chain's head after a line. */
export function step(before: Bytes, body: Bytes): Promise<Bytes> {
  return sha256(concat(before, body));
}

/** What the device signs of a batch: its log, the first line's number, the head before and the head after. */
export function toSign(log: string, first: number, before: Bytes, head: Bytes): Bytes {
  return concat(DOMAIN, uuidBytes(log), big64(first), before, head);
}

/** An integer from 0 to 2^53 as eight bytes, big-endian. */
export function big64(value: number): Bytes {
  return Uint8Array.from({ length: 8 }, (_, at) => Math.floor(value / 2 ** (8 * (7 - at))) % 256);
}

/** The line as it stands in the log, its keys always in one order, each field cut and cleaned to what the province takes. */
export function bodyOf(line: Line, seq: number): string {
  const text = (key: keyof typeof LIMITS.texts): string => fitted(line[key], LIMITS.texts[key]);
  return JSON.stringify({
    v: 1, id: line.id, seq, at: momentOf(line.at), up: whole(line.up, LIMITS.up), shift: uuidOr(line.shift, null), place: line.place,
    dir: oneOf(DIRECTIONS, line.dir, ""), how: oneOf(HOW, line.how, "manual"), verified: line.verified === true,
    result: resultOf(line.result), reasons: reasonsOf(line.reasons), rules: text("rules"), over: overOf(line.over),
    outcome: oneOf(OUTCOMES, line.outcome, ""), to: text("to"), serial: /^[0-9a-f]{32}$/.test(line.serial) ? line.serial : "",
    declaration: uuidOr(line.declaration, ""), group: uuidOr(line.group, ""), role: oneOf(ROLES, line.role, ""), temp: degrees(line.temp),
    plate: text("plate"), paper: known(line.paper, LIMITS.paper), vpass: known(line.vpass, LIMITS.vpass), dest: pathsOf(line.dest),
    person: known(line.person, LIMITS.person), n: line.how === "count" ? Math.max(1, whole(line.n, LIMITS.count) ?? 1) : 1, why: text("why"),
    app: text("app"), bundle: text("bundle"),
  }); // prettier-ignore
}

// What no text may have: controls, line separators, marks that turn the reading direction, halves of a pair.
const NEVER = /[\0-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff]|\p{Cs}/gu;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const LAST = Date.UTC(9998, 11, 31);

function fitted(value: unknown, most: number): string {
  if (typeof value !== "string") return "";
  const whole = value.length > 4 * most ? value.slice(0, 4 * most) : value;
  return [...whole.replace(NEVER, " ")].slice(0, most).join("").trim();
}

function momentOf(at: string): string {
  const ms = Date.parse(at);
  return new Date(Number.isNaN(ms) ? 0 : Math.min(Math.max(ms, 0), LAST)).toISOString();
}

function whole(value: unknown, most: number): number | null {
  return typeof value === "number" && Number.isFinite(value) ? Math.min(Math.max(0, Math.floor(value)), most) : null;
}

function degrees(value: unknown): number | null {
  return typeof value === "number" && value >= LIMITS.coldest && value <= LIMITS.hottest ? Math.round(value * 10) / 10 : null;
}

function oneOf<T extends string>(words: readonly T[], value: unknown, otherwise: T): T {
  return words.includes(value as T) ? (value as T) : otherwise;
}

function resultOf(value: unknown): GateResult {
  return typeof value === "string" && hasOwn(RANK, value) ? (value as GateResult) : "hold";
}

function uuidOr<T>(value: unknown, otherwise: T): string | T {
  return typeof value === "string" && UUID.test(value) ? value : otherwise;
}

function reasonsOf(reasons: readonly string[]): string[] {
  return reasons.filter((id) => /^[A-Za-z0-9_]+$/.test(id) && id.length <= LIMITS.reason).slice(0, LIMITS.reasons);
}

function overOf(over: Line["over"]): Line["over"] {
  return over && { result: resultOf(over.result), reason: fitted(over.reason, LIMITS.override) || "-" };
}

function pathsOf(paths: readonly string[]): string[] {
  return paths.map((path) => fitted(path, LIMITS.path)).filter(Boolean).slice(0, LIMITS.dest);
}

function known(value: object | null, fields: Readonly<Record<string, number>>): Record<string, string> | null {
  if (value === null || value === undefined) return null;
  const said = value as Record<string, unknown>;
  return Object.fromEntries(Object.entries(fields).map(([key, most]) => [key, fitted(said[key], most)]));
}
