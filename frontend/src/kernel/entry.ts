/** Is a verified HC1 certificate enough to go in, by dated rules; as `lachan.kernel.codes.hc1.rules`. */

import { type Json, type Value, evaluate, truth } from "./certlogic";
import type { Hc1, Kind } from "./codes/hc1";
import { localDay } from "./dates";
import { InvalidInput } from "./errors";

export interface EntryReason {
  readonly id: string;
  readonly text: { readonly vi: string; readonly en: string };
  readonly document: string;
}
export interface EntryRule extends EntryReason {
  readonly kinds: readonly Kind[];
  readonly when: Json;
}
/** One entry of the policy, as a bundle carries it. */
export interface EntryRules {
  readonly version: string;
  readonly valid_from: string;
  readonly valid_to: string | null;
  readonly valueSets: { readonly [name: string]: readonly string[] };
  readonly terms: { readonly [name: string]: number };
  readonly rules: readonly EntryRule[];
  readonly broken: EntryReason;
}
export interface Entry {
  readonly ok: boolean;
  readonly reasons: readonly EntryReason[];
}

/** The entry in force on the Vietnamese day of a moment (in seconds), if there is one. */
export function entryRulesAt(entries: readonly EntryRules[], now: number): EntryRules | undefined {
  const day = localDay(now * 1000);
  return entries.find((entry) => entry.valid_from <= day && (entry.valid_to === null || day < entry.valid_to));
}

/** Judge a certificate that `readHc1` gave, at a moment in seconds. Never throws. */
export function checkEntry(rules: EntryRules, certificate: Hc1, now: number): Entry {
  const data = { payload: certificate.dcc, external: about(rules, certificate, now) } as unknown as Value;
  const reasons = new Map<string, EntryReason>();
  const spoken = rules.rules.filter((rule) => rule.kinds.includes(certificate.kind));
  if (spoken.length === 0) return { ok: false, reasons: [rules.broken] };
  for (const rule of spoken) {
    const reason = said(rule, rules.broken, data);
    if (reason !== null && !reasons.has(reason.id)) reasons.set(reason.id, reason);
  }
  return { ok: reasons.size === 0, reasons: [...reasons.values()] };
}

function about(rules: EntryRules, certificate: Hc1, now: number): { [key: string]: unknown } {
  return {
    valueSets: rules.valueSets,
    terms: rules.terms,
    validationClock: iso(now),
    today: localDay(now * 1000),
    issuer: certificate.issuer,
    iat: iso(certificate.issued),
    exp: iso(certificate.expires),
  };
}

function said(rule: EntryRule, broken: EntryReason, data: Value): EntryReason | null {
  try {
    return truth(evaluate(rule.when, data)) === true ? null : { id: rule.id, text: rule.text, document: rule.document };
  } catch (error) {
    if (error instanceof InvalidInput) return broken;
    throw error;
  }
}

function iso(seconds: number): string {
  return `${new Date(Math.floor(seconds) * 1000).toISOString().slice(0, 19)}Z`;
}
