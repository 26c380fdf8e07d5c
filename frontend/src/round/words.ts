/** The round's words, apart from those of the citizen's page. */
import { fill, lang } from "../i18n";
import { en } from "../i18n/round.en";
import { vi } from "../i18n/round.vi";
import { displayMoment } from "../kernel/dates";
import type { Text, Worry } from "./list";

export type Key = keyof typeof vi;

export function w(key: Key, params: Readonly<Record<string, string | number>> = {}): string {
  return fill((lang() === "en" ? en : vi)[key], params);
}

export function said(text: Text): string {
  return text[lang()];
}

export const WORRIES: Readonly<Record<Worry, Key>> = { "": "well", needs: "needs", absent: "absent", refused: "refused", symptoms: "symptoms" };

/** 14:05, in Vietnam. */
export function time(ms: number): string {
  return displayMoment(ms).slice(0, 5);
}
