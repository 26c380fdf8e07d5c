/** What a gate says to one who wants through, by the rules that a bundle carries; as `lachan.kernel.gates`. */
import type { Json, Value } from "./certlogic";
import { hasOwn } from "./own";
import { holding, worstFirst } from "./rules";

export type GateResult = "pass" | "advise" | "hold" | "refer";
export const RANK: Readonly<Record<GateResult, number>> = { pass: 0, advise: 1, hold: 2, refer: 3 };
/** Context keys that forbid to pass, whatever the rules say. */
export const GUARDS = ["code_forged", "code_revoked", "code_expired", "bundle_expired"] as const;

interface Words {
  readonly vi: string;
  readonly en: string;
}
export interface GateReason {
  readonly id: string;
  readonly result: GateResult;
  readonly text: Words;
  readonly advice: Words;
  readonly document: string;
}
/** The rules of one dated entry for one kind of place. `guards`: what is said when one of `GUARDS` is set. */
export interface GateRules {
  readonly version: string;
  readonly kind: string;
  /** ISO days; `valid_to` is the first day without. */
  readonly valid_from: string;
  readonly valid_to: string | null;
  readonly rules: readonly (GateReason & { readonly when: Json })[];
  readonly fallback: GateReason;
  readonly broken: GateReason;
  readonly guards: Readonly<Record<string, GateReason>>;
}
/** `reasons`: those of the result that won first; never empty. */
export interface GateDecision {
  readonly result: GateResult;
  readonly reasons: readonly GateReason[];
  readonly ruleset: string;
}

/** Decide. Never throws: a rule that can't judge these data asks a person to look. */
export function decideGate(rules: GateRules, context: Readonly<Record<string, Json>>): GateDecision {
  const broken = holds(rules.broken);
  const guarded = GUARDS.filter((key) => hasOwn(context, key) && warns(context[key])).map((key) => holds(guardOf(rules, key) ?? broken));
  const found: GateReason[] = [...guarded, ...holding<GateReason>(rules.rules, broken, context as unknown as Value)];
  const reasons = worstFirst(found.length ? found : [holds(rules.fallback)], RANK);
  return { result: (reasons[0] as GateReason).result, reasons, ruleset: rules.version };
}

/** Anything but false and null, so that a mistake in it holds. */
function warns(value: Json | undefined): boolean {
  return value !== undefined && value !== null && value !== false;
}

function guardOf(rules: GateRules, key: string): GateReason | undefined {
  return rules.guards && hasOwn(rules.guards, key) ? rules.guards[key] : undefined;
}

/** Where nobody could judge, nobody passes: the kernel refuses such rules when it reads them, and here they are held to it again. */
function holds(reason: GateReason): GateReason {
  return RANK[reason.result] >= RANK.hold ? reason : { ...reason, result: "hold" };
}
