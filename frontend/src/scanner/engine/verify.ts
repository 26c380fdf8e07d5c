/** What a scanned text is and whether it can be believed: on the device, without a network. */
import { hex, sha256, utf8 } from "../../kernel/codes/bytes";
import { type Appointment, type Claims, type HolderClaim, stands } from "../../kernel/codes/claims";
import { type Verified, peek, read } from "../../kernel/codes/lc1";
import type { EntryReason } from "../../kernel/entry";
import { InvalidInput, codeOf } from "../../kernel/errors";
import { type Scanned, readAny } from "../../kernel/identifiers";
import type { Answers } from "../../kernel/questionnaire";
import { uuidText } from "../../kernel/ids";
import { type Kind, readingOf } from "../../kernel/reading";
import type { Bundle } from "./bundle";
import { certificate } from "./certificates";
import { type Facts, NOTHING, factsOf } from "./facts";
import type { How, PersonSaid } from "./wire";

/** Why a code is refused, whatever the rules say. `stale`: shown too long ago (a screenshot); `replay`: shown here before. */
export type Flaw = "" | "forged" | "expired" | "revoked" | "stale" | "replay" | "untrusted";

export interface Seen {
  readonly how: How;
  readonly verified: boolean;
  readonly flaw: Flaw;
  /** The kernel's code of the refusal, for the words. */
  readonly code: string;
  /** The holder signed it within the last minute; null for codes that nobody signs anew. */
  readonly fresh: boolean | null;
  readonly serial: string;
  readonly declaration: string;
  readonly person: PersonSaid | null;
  readonly held: boolean;
  readonly facts: Facts;
  /** The booked hour, as an appointment's code says it. */
  readonly booked: Booked | null;
  /** The code on a printed card that somebody told or typed: nothing here knows whose it is. */
  readonly told: string;
  /** What a holder's signature leaves behind, so that it counts once; "" for other codes. */
  readonly nonce: string;
  /** What the entry rules have against a certificate. */
  readonly notes: readonly EntryReason[];
  /** What stays the same while a phone renews its signature. */
  readonly same: string;
}
export interface Booked {
  readonly place: string;
  /** Unix seconds. */
  readonly starts: number;
  readonly ends: number;
}
/** A code that isn't about a person at all; a plate is of a vehicle, whose people come next. */
export interface NotAPerson {
  readonly how: null;
  readonly why: "notPerson" | "unknown" | "enrol" | "wallet" | "plate";
  readonly plate?: string;
}

const FORGED = new Set(["code_signature", "code_cose", "code_base45", "code_key_unknown", "code_holder_signature", "code_too_long", "code_prefix"]);
const REVOKED = new Set(["code_key_revoked", "code_revoked"]);
const EXPIRED = new Set(["code_expired", "code_not_yet_valid"]);
const SEPARATOR = "...";
const OURS: ReadonlySet<Kind> = new Set<Kind>(["person", "card", "claim", "appointment", "lc1"]);
const CARDS: ReadonlySet<Kind> = new Set<Kind>(["national", "cccd", "bhyt"]);
/** Numbers that people type or that a hand scanner reads from a bar code: which field of a person they are. */
const TYPED: Partial<Record<Kind, "national_id" | "insurance" | "phone">> = {
  cccd_number: "national_id", cmnd_number: "national_id", passport_number: "national_id", insurance_number: "insurance", phone: "phone",
}; // prettier-ignore
const NOBODY_SAID: PersonSaid = { name: "", birth: "", sex: "", national_id: "", phone: "", insurance: "", residence: "" };
const NOBODY: Partial<Record<Kind, NotAPerson["why"]>> = { venue: "notPerson", form: "notPerson", poster: "notPerson", url: "notPerson", place_code: "notPerson", enrol: "enrol", shc: "wallet" };

/** What changes while the same code is looked at is left out. */
export function sameness(text: string): string {
  return text.split(SEPARATOR)[0] as string;
}

/** Read a text; `now` in Unix seconds. `bundle` null: nothing can be verified, claims can still be read. */
export async function look(text: string, bundle: Bundle | null, now: number): Promise<Seen | NotAPerson> {
  const { kind, value } = readingOf(text);
  if (OURS.has(kind)) return ours(value, bundle, now);
  if (kind === "hc1") return certificate(value, bundle, now);
  if (CARDS.has(kind)) return said(value);
  const role = TYPED[kind];
  if (role) return { ...blank(value, "manual"), person: { ...NOBODY_SAID, [role]: value } };
  if (kind === "short_code") return { ...blank(value, "manual"), told: value };
  return kind === "plate" ? { how: null, why: "plate", plate: value } : { how: null, why: NOBODY[kind] ?? "unknown" };
}

// Our own codes

async function ours(text: string, bundle: Bundle | null, now: number): Promise<Seen | NotAPerson> {
  const claims = await peek(text).catch(() => null);
  if (claims?.kind === "venue" || claims?.kind === "form") return { how: null, why: "notPerson" };
  const base = { ...blank(text, howOf(claims)), serial: serialOf(claims), declaration: declarationOf(claims), ...saidIn(claims, bundle, now) };
  const held = bundle !== null && [base.serial, base.declaration.replace(/-/g, "")].some((serial) => serial !== "" && bundle.held.has(serial));
  const nonce = text.includes(SEPARATOR) ? hex(await sha256(utf8(text))) : "";
  if (bundle === null) return { ...base, held, nonce, flaw: claims ? "untrusted" : "forged", code: "code_key_unknown" };
  try {
    const found = await read(text, bundle.trust, now);
    const revoked = bundle.revoked.has(base.serial);
    return { ...base, held, nonce, ...standing(found, now, bundle.fresh_seconds), ...(revoked ? { flaw: "revoked", code: "code_revoked", verified: false } : {}) };
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return { ...base, held, nonce, flaw: flawOf(error.code), code: error.code, fresh: error.code === "code_holder_stale" ? false : null };
  }
}

function standing(found: Verified, now: number, seconds: number): Pick<Seen, "flaw" | "code" | "fresh" | "verified"> {
  const needed = found.claims.kind === "person" ? found.claims.holder !== null : found.claims.kind === "claim";
  const fresh = needed ? found.presentedAt !== null && now - found.presentedAt <= seconds : null;
  const stale = needed && fresh === false && found.claims.kind === "person";
  return { flaw: stale ? "stale" : "", code: stale ? "code_holder_stale" : "", fresh, verified: found.claims.kind !== "claim" && !stale };
}

function flawOf(code: string): Flaw {
  if (FORGED.has(code)) return "forged";
  if (REVOKED.has(code)) return "revoked";
  if (EXPIRED.has(code)) return "expired";
  if (code === "code_holder_stale") return "stale";
  return "untrusted";
}

function howOf(claims: Claims | null): How {
  if (claims?.kind === "card" || claims?.kind === "appointment") return claims.kind;
  return claims?.kind === "claim" ? "claim" : "pass";
}

function serialOf(claims: Claims | null): string {
  return claims && claims.kind !== "claim" && claims.serials[0] ? hex(claims.serials[0]) : "";
}

function declarationOf(claims: Claims | null): string {
  return claims?.kind === "claim" && claims.serials[0] ? uuidText(claims.serials[0]) : "";
}

function saidIn(claims: Claims | null, bundle: Bundle | null, now: number): Partial<Seen> {
  if (claims?.kind === "claim") return claimed(claims, now);
  if (claims?.kind === "appointment") return booked(claims, bundle, now);
  if (claims === null) return { person: null, facts: NOTHING };
  const result = claims.kind === "person" && ["green", "attention", "stop"].includes(claims.decision) ? claims.decision : null;
  return { person: null, facts: { ...NOTHING, declared_result: result, declared_age_h: Math.max(0, Math.floor((now - claims.begins) / 3600)) } };
}

function booked(claims: Appointment, bundle: Bundle | null, now: number): Partial<Seen> {
  const here = bundle === null ? null : claims.place === bundle.place.id;
  const { name, starts, ends } = claims;
  return { facts: { ...NOTHING, appointment: stands(claims, now), appointment_here: here }, booked: { place: name, starts, ends } };
}

/** The declaration that a phone carries itself: read, and shown as what it is, a claim. */
function claimed(claims: HolderClaim, now: number): Pick<Seen, "person" | "facts"> {
  const age = Math.max(0, Math.floor((now - claims.begins) / 3600));
  const answers = answersOf(claims);
  return { person: answers && personOf(answers), facts: { ...NOTHING, ...(answers ? factsOf(answers, now * 1000) : {}), declared_age_h: age } };
}

function answersOf(claims: HolderClaim): Answers | null {
  if (claims.body === null) return null;
  try {
    const { answers } = JSON.parse(new TextDecoder().decode(claims.body)) as { answers?: unknown };
    return answers !== null && typeof answers === "object" && !Array.isArray(answers) ? (answers as Answers) : null;
  } catch {
    return null;
  }
}

export function personOf(answers: Readonly<Answers>): PersonSaid {
  const words = (key: string, most = 100): string => (typeof answers[key] === "string" ? String(answers[key]).slice(0, most) : "");
  return {
    name: words("name"), birth: words("birth", 10), sex: words("sex", 10), national_id: words("national_id", 20) || words("passport", 20),
    phone: words("phone", 20) || words("phone_of_person", 20), insurance: words("insurance", 20), residence: words("residence", 40),
  }; // prettier-ignore
}

// Codes that nobody signs

const HOW: Record<Scanned["kind"], How> = { cccd_card: "cccd", national_qr: "national", insurance_card: "bhyt" };

function said(text: string): Seen | NotAPerson {
  try {
    const card = readAny(text);
    const person = {
      name: card.name, birth: card.birth, sex: card.sex ?? "", national_id: card.nationalId, phone: card.phone, insurance: card.insurance, residence: "",
    }; // prettier-ignore
    return { ...blank(text, HOW[card.kind]), person };
  } catch (error) {
    codeOf(error);
    return { how: null, why: "unknown" };
  }
}

export function blank(text: string, how: How): Seen {
  return {
    how, verified: false, flaw: "", code: "", fresh: null, serial: "", declaration: "", person: null, held: false, facts: NOTHING, nonce: "",
    booked: null, told: "", notes: [], same: sameness(text),
  }; // prettier-ignore
}
