/** What a gate says to one who wants through, by the rules that the bundle carries; as `lachan.kernel.gates` (parity.test.ts holds both). */
import { type Json, type Value, evaluate, truth } from "../../kernel/certlogic";
import { InvalidInput } from "../../kernel/errors";
import { type GateResult, RANK } from "./wire";

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
/** The rules of one dated entry. `guards`: by the context key that, when true, forbids to pass whatever the rules say. */
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
export function decideGate(rules: GateRules, context: Record<string, Json>): GateDecision {
  const guarded = Object.entries(rules.guards).filter(([key]) => context[key] === true).map(([, reason]) => reason);
  const spoken = rules.rules.map((rule) => judged(rule, rules.broken, context)).filter((reason): reason is GateReason => reason !== null);
  const found = [...guarded, ...spoken];
  if (found.length === 0) found.push(rules.fallback);
  const worst = Math.max(...found.map((reason) => RANK[reason.result]));
  const kept = [...new Set(found.filter((reason) => RANK[reason.result] > 0 || worst === 0))].sort((a, b) => RANK[b.result] - RANK[a.result]);
  return { result: (kept[0] as GateReason).result, reasons: kept, ruleset: rules.version };
}

function judged(rule: GateReason & { readonly when: Json }, broken: GateReason, context: Record<string, Json>): GateReason | null {
  try {
    return truth(evaluate(rule.when, context as unknown as Value)) === true ? rule : null;
  } catch (error) {
    if (error instanceof InvalidInput) return broken;
    throw error;
  }
}
