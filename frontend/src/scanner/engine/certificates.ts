/** Health certificates of others (HC1) at the gate: the signature against the bundle's keys, then its entry rules. */
import { type Hc1, type Hc1Trust, entryOf, hc1Trust, nameOf, peekHc1, readHc1 } from "../../kernel/codes/hc1";
import { type EntryReason, checkEntry, entryRulesAt } from "../../kernel/entry";
import { InvalidInput } from "../../kernel/errors";
import type { Bundle } from "./bundle";
import { type Facts, NOTHING } from "./facts";
import { type Flaw, type Seen, blank } from "./verify";

const HOUR = 3600;
const NEGATIVE = "260415000";
const POSITIVE = "260373001";
const FLAWS: Record<string, Flaw> = { code_expired: "expired", code_not_yet_valid: "expired", code_key_unknown: "untrusted", code_usage: "untrusted", code_alg: "untrusted" };
const trusts = new WeakMap<Bundle, Promise<Hc1Trust>>();

export async function certificate(text: string, bundle: Bundle | null, now: number): Promise<Seen> {
  const base = blank(text, "hc1");
  try {
    if (bundle === null) return { ...base, ...saidBy(peekHc1(text), now), flaw: "untrusted", code: "code_key_unknown" };
    const found = await readHc1(text, await trustOf(bundle), now);
    const rules = entryRulesAt(bundle.hc1rules, now);
    const entry = rules ? checkEntry(rules, found, now) : { ok: false, reasons: [] };
    const said = saidBy(found, now);
    return { ...base, ...said, verified: true, facts: { ...said.facts, hc1_ok: entry.ok }, notes: entry.reasons };
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return { ...base, ...(safely(text, now) ?? {}), flaw: FLAWS[error.code] ?? "forged", code: error.code };
  }
}

/** Loaded before the first certificate comes, so that it is quick. */
export function trustOf(bundle: Bundle): Promise<Hc1Trust> {
  const known = trusts.get(bundle) ?? hc1Trust(bundle.hc1);
  trusts.set(bundle, known);
  return known;
}

function safely(text: string, now: number): Pick<Seen, "person" | "facts"> | null {
  try {
    return { ...saidBy(peekHc1(text), now), facts: NOTHING };
  } catch {
    return null;
  }
}

function saidBy(found: Hc1, now: number): Pick<Seen, "person" | "facts"> {
  const person = { name: nameOf(found), birth: found.dcc.dob.slice(0, 10), sex: "", national_id: "", phone: "", insurance: "", residence: "" };
  return { person, facts: factsOf(found, now) };
}

function factsOf(found: Hc1, now: number): Facts {
  const entry = entryOf(found);
  if (found.kind === "v") return { ...NOTHING, doses: Number(entry.dn), days_since_last_dose: since(entry.dt, now, 24 * HOUR) };
  if (found.kind === "r") return { ...NOTHING, days_since_recovery: since(entry.fr, now, 24 * HOUR) };
  const result = entry.tr === NEGATIVE ? "negative" : entry.tr === POSITIVE ? "positive" : "pending";
  return { ...NOTHING, test_result: result, test_age_h: since(entry.sc, now, HOUR) };
}

function since(moment: unknown, now: number, unit: number): number | null {
  const at = Date.parse(String(moment));
  return Number.isNaN(at) ? null : Math.max(0, Math.floor((now - at / 1000) / unit));
}

export type { EntryReason };
