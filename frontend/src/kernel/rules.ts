/** What the dated rule sets share, as `lachan.kernel.rules`: which rules hold, and the worst result first. */
import { type Json, type Value, evaluate, truth } from "./certlogic";

interface Spoken {
  readonly result: string;
}

/** The rules that hold, in their order. Never throws: whatever a rule trips over gives `broken`, so that a person looks. */
export function holding<T extends Spoken>(rules: readonly (T & { readonly when: Json })[], broken: T, data: Value): T[] {
  const found: T[] = [];
  for (const rule of rules) {
    try {
      if (truth(evaluate(rule.when, data)) === true) found.push(rule);
    } catch {
      found.push(broken);
    }
  }
  return found;
}

/** The reasons of the worst result, then the lesser; praise is left out where there is blame; none twice. */
export function worstFirst<T extends Spoken>(found: readonly T[], rank: Readonly<Record<T["result"], number>>): T[] {
  const rankOf = (reason: T): number => rank[reason.result as T["result"]];
  const worst = Math.max(...found.map(rankOf));
  return [...new Set(found)].filter((reason) => rankOf(reason) > 0 || worst === 0).sort((a, b) => rankOf(b) - rankOf(a));
}
