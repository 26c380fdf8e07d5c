/**
 * Phone numbers: typed in any way, stored as E.164. Vietnamese numbers are read as `lachan.kernel.phones` reads them;
 * of foreign ones only the form is checked here, and the server has the last word.
 */

import { InvalidInput } from "./errors";
import { length, strip } from "./text";

// The conversion of 11-digit mobile numbers to 10 digits of 2018: the first digits change, the last seven stay.
const CONVERTED: Record<string, string> = {
  "120": "70", "121": "79", "122": "77", "126": "76", "128": "78",
  "123": "83", "124": "84", "125": "85", "127": "81", "129": "82",
  "162": "32", "163": "33", "164": "34", "165": "35", "166": "36", "167": "37", "168": "38", "169": "39",
  "186": "56", "188": "58", "199": "59",
}; // prettier-ignore
const LONGEST = 40;
const TRUNK = "^(?:\\+84|0084|84|0)?(?:\\(?0\\)?)?";
const MOBILE = new RegExp(`${TRUNK}((?:3[0-9]|5[125689]|7[06-9]|8[1-9]|9[0-9])[0-9]{7})$`);
const OLD_MOBILE = new RegExp(`${TRUNK}(${Object.keys(CONVERTED).join("|")})([0-9]{7})$`);
const LANDLINE = /^(?:\+84|0084|84|0)(2[0-9]{9})$/;
const ABROAD = /^(?:\+|00)(?!84)([1-9][0-9]{6,14})$/;
const SEPARATORS = /[ \u00a0\t.\-‐‑–—/()]/g;
const EXTENSION = /\s*(?:;ext=|ext\.?|x|#|máy lẻ|nhánh)\s*[0-9]{1,6}$/i;

/** A phone number as E.164. Throws InvalidInput `phone_…`. */
export function parsePhone(text: string): string {
  if (length(text) > LONGEST) throw new InvalidInput("phone_too_long", { max: LONGEST });
  const compact = strip(text).replace(SEPARATORS, "");
  const mobile = vietnameseMobile(compact);
  if (mobile !== null) return mobile;
  if (compact === "") throw new InvalidInput("phone_empty");
  if (EXTENSION.test(text)) throw new InvalidInput("phone_extension");
  if (!/^\+?[0-9]+$/.test(compact)) throw new InvalidInput("phone_character");
  const landline = LANDLINE.exec(compact);
  if (landline) return `+84${landline[1]}`;
  const abroad = ABROAD.exec(compact);
  if (abroad) return `+${abroad[1]}`;
  throw new InvalidInput("phone_invalid");
}

function vietnameseMobile(compact: string): string | null {
  const mobile = MOBILE.exec(compact);
  if (mobile) return `+84${mobile[1]}`;
  const old = OLD_MOBILE.exec(compact);
  return old ? `+84${CONVERTED[old[1] as string]}${old[2]}` : null;
}

/** A stored number as people in Vietnam write it: `0905 123 456`. */
export function displayPhone(e164: string): string {
  if (!e164.startsWith("+84")) return e164;
  const national = `0${e164.slice(3)}`;
  return national.length === 10 ? national.replace(/^(\d{4})(\d{3})(\d{3})$/, "$1 $2 $3") : national;
}
