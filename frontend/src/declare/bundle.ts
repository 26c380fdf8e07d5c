/** The form with its rules and words, from the network or as this device kept it. */
import type { RuleSet } from "../kernel/decisions";
import { type Form, type Text, readForm } from "../kernel/questionnaire";
import { fillPython, lang } from "../i18n";
import { getRaw, putRaw } from "../shared/db";

export interface Place {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly unit: string;
  readonly where: string;
  readonly status: string;
}
/** A key whose posters count; times in seconds. */
export interface Issuer {
  readonly key: string;
  readonly notBefore: number;
  readonly notAfter: number | null;
  readonly revoked: boolean;
}
interface Raw {
  readonly form: Record<string, unknown>;
  readonly rules: RuleSet;
  readonly texts: Readonly<Record<string, Text>>;
  readonly place: Place | null;
  readonly issuers: readonly Issuer[];
}
export interface Bundle extends Omit<Raw, "form"> {
  readonly form: Form;
}

const PATIENCE_MS = 6000;

/** The newest bundle that can be had: from the network, else the one kept from last time. Null when there is neither. */
export async function load(url: string): Promise<Bundle | null> {
  const raw = (await fetched(url)) ?? (await getRaw<Raw>("bundles", url));
  return raw ? { ...raw, form: readForm(raw.form) } : null;
}

async function fetched(url: string): Promise<Raw | null> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  try {
    const answer = await fetch(url, { headers: { accept: "application/json" }, signal: stop.signal });
    if (!answer.ok) return null;
    const raw = (await answer.json()) as Raw;
    await putRaw("bundles", url, raw).catch(() => undefined); // a full disk must not stop a declaration
    return raw;
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

/** A refusal in words. */
export function sentence(texts: Raw["texts"], code: string, params: Readonly<Record<string, unknown>>): string {
  const text = texts[code] ?? texts[""];
  return text ? fillPython(text[lang()], params) : code;
}
