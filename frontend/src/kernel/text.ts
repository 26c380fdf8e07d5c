/** Vietnamese text: folding for search, cleaning what people type; as `lachan.kernel.text`. */

import { InvalidInput } from "./errors";

// What Python's str.split() takes for white space; JavaScript's \s differs.
const SPACES = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/gu;
const BIDI = /[\u202a-\u202e\u2066-\u2069]/gu;
const CONTROL = /(?![\n\t])[\p{Cc}\p{Cs}]|[\ufffe\uffff]/u;
const NAME = /^[\p{L}\p{N}\p{M}\p{P}\p{Zs}]$/u;

export function nfc(text: string): string {
  return text.normalize("NFC");
}

/** Single spaces, none at the ends. */
export function squeeze(text: string): string {
  return text.split(SPACES).filter(Boolean).join(" ");
}

/** The text for searching: no accents, đ as d, no case, no invisible characters, single spaces. */
export function fold(text: string): string {
  const bare = [...text.normalize("NFD")].map(foldCharacter).join("");
  return squeeze(bare.normalize("NFD").replace(/\p{Mn}/gu, ""));
}

function foldCharacter(character: string): string {
  if (/[\p{Mn}\p{Cf}]/u.test(character)) return "";
  if (/[đĐðÐɖƉ]/u.test(character)) return "d";
  return character === "ı" ? character : character.toUpperCase().toLowerCase();
}

export function length(text: string): number {
  return [...text].length;
}

/** A person's name as stored. Throws InvalidInput `name_empty`, `name_too_long`, `name_bad_character`. */
export function cleanName(raw: string, max = 100): string {
  if (length(raw) > 8 * max + 64) throw new InvalidInput("name_too_long", { max });
  let text = nfc(strip(raw)).replace(/\p{Cf}/gu, "");
  for (const character of text) {
    if (!NAME.test(character)) throw new InvalidInput("name_bad_character", { character: point(character) });
  }
  text = nfc(squeeze(text));
  if (length(text) > max) throw new InvalidInput("name_too_long", { max });
  if (!/\p{L}/u.test(text)) throw new InvalidInput("name_empty");
  return text;
}

/** Free text as stored; may be empty. Throws InvalidInput `text_too_long`, `text_bad_character`. */
export function cleanText(raw: string, max: number): string {
  if (length(raw) > 8 * max + 64) throw new InvalidInput("text_too_long", { max });
  const text = strip(nfc(raw.replace(/\r\n?/g, "\n").replace(BIDI, "")));
  const bad = CONTROL.exec(text);
  if (bad !== null) throw new InvalidInput("text_bad_character", { character: point(bad[0]) });
  if (length(text) > max) throw new InvalidInput("text_too_long", { max });
  return text;
}

/** Like `cleanText`, on a single line. */
export function cleanLine(raw: string, max: number): string {
  return squeeze(cleanText(raw, max));
}

export function strip(text: string): string {
  const space = SPACES.source;
  return text.replace(new RegExp(`^${space}|${space}$`, "gu"), "");
}

function point(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}
