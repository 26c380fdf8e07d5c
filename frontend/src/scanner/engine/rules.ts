/** The gate's rules as the bundle carries them. */
import { type Json, type Value, evaluate, truth } from "../../kernel/certlogic";
import { InvalidInput } from "../../kernel/errors";

export type GateResult = "pass" | "advise" | "hold" | "refer";
export interface GateReason { readonly id: string; readonly result: GateResult; readonly text: { vi: string; en: string }; readonly advice: { vi: string; en: string }; readonly document: string }
export interface GateRules { readonly version: string; readonly kind: string; readonly valid_from: string; readonly valid_to: string | null; readonly rules: readonly (GateReason & { readonly when: Json })[]; readonly fallback: GateReason; readonly broken: GateReason; readonly guards: Readonly<Record<string, GateReason>> }
export interface GateDecision { readonly result: GateResult; readonly reasons: readonly GateReason[]; readonly ruleset: string }
const RANK: Record<GateResult, number> = { pass: 0, advise: 1, hold: 2, refer: 3 };

export function decideGate(rules: GateRules, context: Record<string, Json>): GateDecision {
  const found: GateReason[] = Object.entries(rules.guards).filter(([key]) => context[key] === true).map(([, reason]) => reason);
  for (const rule of rules.rules) {
    try {
      if (truth(evaluate(rule.when, context as unknown as Value)) === true) found.push(rule);
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      found.push(rules.broken);
    }
  }
  if (found.length === 0) found.push(rules.fallback);
  const worst = Math.max(...found.map((reason) => RANK[reason.result]));
  const kept = [...new Set(found.filter((reason) => RANK[reason.result] > 0 || worst === 0))].sort((a, b) => RANK[b.result] - RANK[a.result]);
  return { result: (kept[0] as GateReason).result, reasons: kept, ruleset: rules.version };
}
