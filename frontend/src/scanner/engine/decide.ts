/** The decision at the gate: the dated rules over what is known, and what no rule may overrule. */
import type { Json } from "../../kernel/certlogic";
import { type GateDecision, type GateReason, decideGate } from "../../kernel/gates";
import { type Bundle, type Freshness, rulesOn } from "./bundle";
import { levelFrom } from "./facts";
import type { Flaw, Seen } from "./verify";
import { type Direction, type GateResult, RANK, type Role } from "./wire";

export interface Circumstances {
  readonly dir: Direction;
  readonly role: Role;
  readonly temp: number | null;
  /** Undefined: nobody asked for a paper. */
  readonly paper: { readonly until: string } | null | undefined;
  readonly freshness: Freshness;
  /** Unix ms. */
  readonly at: number;
}
export interface Decided {
  readonly result: GateResult;
  readonly reasons: readonly GateReason[];
  readonly rules: string;
  /** Refused whatever the rules say: the words for it come first. */
  readonly barred: Barred | null;
}
export type Barred = Exclude<Flaw, ""> | "bundleExpired" | "bundleNone" | "clock";

/** Everything that a rule may ask about; null where nobody knows. */
export function contextOf(seen: Seen, bundle: Bundle | null, about: Circumstances): Record<string, Json> {
  const { facts } = seen;
  const expired = about.freshness !== "fresh" && about.freshness !== "stale";
  const paper = about.paper;
  return {
    how: seen.how, verified: seen.verified, fresh: seen.fresh ?? false,
    code_expired: seen.flaw === "expired", code_revoked: seen.flaw === "revoked", code_forged: seen.flaw === "forged" || seen.flaw === "replay",
    declared_result: facts.declared_result, declared_age_h: facts.declared_age_h, area_level_from: levelFrom(facts.from, bundle?.levels ?? {}),
    symptoms: facts.symptoms, test_result: facts.test_result, test_age_h: facts.test_age_h, doses: facts.doses,
    days_since_last_dose: facts.days_since_last_dose, days_since_recovery: facts.days_since_recovery, hc1_ok: facts.hc1_ok,
    appointment: facts.appointment, appointment_here: facts.appointment_here,
    hold: seen.held, temperature: about.temp === null ? null : Math.round(about.temp * 10), has_travel_paper: paper === undefined ? null : paper !== null,
    paper_expired: paper ? expiredBy(paper.until, about.at) : null, role: about.role || "person", direction: about.dir || null,
    bundle_stale: about.freshness === "stale", bundle_expired: expired,
  } as Record<string, Json>; // prettier-ignore
}

function expiredBy(until: string, at: number): boolean | null {
  return until ? new Date(at + 7 * 3_600_000).toISOString().slice(0, 10) > until : null;
}

/** Decide. Never throws, and never gives green to what is barred. */
export function decide(seen: Seen, bundle: Bundle | null, about: Circumstances): Decided {
  const barred = barredBy(seen, about.freshness);
  const rules = bundle && rulesOn(bundle, about.at);
  if (!rules) return { result: "hold", reasons: [], rules: "", barred: barred ?? "bundleNone" };
  const found: GateDecision = decideGate(rules, contextOf(seen, bundle, about));
  const low = barred !== null && RANK[found.result] < RANK.hold;
  return { result: low ? "hold" : found.result, reasons: low ? found.reasons.filter((reason) => RANK[reason.result] >= RANK.hold) : found.reasons, rules: found.ruleset, barred };
}

function barredBy(seen: Seen, freshness: Freshness): Barred | null {
  if (seen.flaw !== "") return seen.flaw;
  if (freshness === "none") return "bundleNone";
  if (freshness === "clock") return "clock";
  return freshness === "expired" ? "bundleExpired" : null;
}
