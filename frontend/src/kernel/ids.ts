/** UUIDv7 (RFC 9562): ids made by the phone, in order of time; and the short code that people read out. */
import { InvalidInput } from "./errors";

/** A new id for a moment in Unix milliseconds. */
export function uuid7(ms: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  for (let i = 0; i < 6; i++) bytes[i] = Math.floor(ms / 2 ** (8 * (5 - i))) % 256;
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  return uuidText(bytes);
}

export function uuidText(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

export function uuidBytes(text: string): Uint8Array<ArrayBuffer> {
  const hex = text.replace(/-/g, "");
  return Uint8Array.from({ length: 16 }, (_, i) => parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}

/** Unix milliseconds at which a UUIDv7 was made. */
export function msOf(text: string): number {
  return parseInt(text.replace(/-/g, "").slice(0, 12), 16);
}

// The short code: Crockford's base 32 and a check character, as `lachan.kernel.ids`.

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const TYPED_FOR: Record<string, string> = { O: "0", I: "1", L: "1" };
const CODE_LENGTH = 11;

/** What a person typed, as `7K2M-9QXT-4RC`; forgives case, spaces, hyphens, and O, I, L. Throws InvalidInput `short_code_…`. */
export function parseShortCode(text: string): string {
  const letters = [...text.replace(/[ \-\u2013\u2014.\u00a0]/g, "").toUpperCase()].map((letter) => TYPED_FOR[letter] ?? letter);
  if (letters.length !== CODE_LENGTH) throw new InvalidInput("short_code_length", { length: CODE_LENGTH });
  const values = letters.map((letter) => ALPHABET.indexOf(letter));
  if (values.includes(-1)) throw new InvalidInput("short_code_character", { position: values.indexOf(-1) + 1 });
  const check = values.slice(0, -1).reduce((sum, value) => doubled(sum ^ value), 0);
  if (check !== values[CODE_LENGTH - 1]) throw new InvalidInput("short_code_check");
  const code = letters.join("");
  return `${code.slice(0, 4)}-${code.slice(4, 8)}-${code.slice(8)}`;
}

/** Times x in GF(32), by the primitive polynomial x^5 + x^2 + 1. */
function doubled(value: number): number {
  return value & 16 ? (value << 1) ^ 0b100101 : value << 1;
}
