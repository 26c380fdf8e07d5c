/** The scanner's words, apart from those of the citizen's page so that neither has to carry the other's. */
import { fill, lang } from "../i18n";
import { en } from "../i18n/scanner.en";
import { vi } from "../i18n/scanner.vi";

export type Key = keyof typeof vi;

export function w(key: Key, params: Readonly<Record<string, string | number>> = {}): string {
  return fill((lang() === "en" ? en : vi)[key], params);
}
