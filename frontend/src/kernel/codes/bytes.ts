/** Bytes under a signed code: strict base45 (RFC 9285), deterministic CBOR of a small kind, hexadecimal, base64url. */

export type Bytes = Uint8Array<ArrayBuffer>;

/** The bytes aren't in the only form that is accepted. */
export class Malformed extends Error {}

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

export function toBase45(data: Uint8Array): string {
  let text = "";
  for (let i = 0; i < data.length; i += 2) {
    const pair = i + 1 < data.length;
    let value = pair ? (data[i] as number) * 256 + (data[i + 1] as number) : (data[i] as number);
    for (let n = pair ? 3 : 2; n > 0; n--) {
      text += ALPHABET[value % 45];
      value = Math.floor(value / 45);
    }
  }
  return text;
}

export function fromBase45(text: string): Bytes {
  if (text.length % 3 === 1) throw new Malformed("base45");
  const out: number[] = [];
  for (let i = 0; i < text.length; i += 3) {
    const digits = [...text.slice(i, i + 3)].map((character) => ALPHABET.indexOf(character));
    if (digits.includes(-1)) throw new Malformed("base45");
    const value = digits.reduce((sum, digit, place) => sum + digit * 45 ** place, 0);
    if (value > (digits.length === 3 ? 0xffff : 0xff)) throw new Malformed("base45");
    if (digits.length === 3) out.push(value >> 8);
    out.push(value & 0xff);
  }
  return Uint8Array.from(out);
}

export function concat(...parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function equal(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

export function hex(data: Uint8Array): string {
  return Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function fromHex(text: string): Bytes {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

export function utf8(text: string): Bytes {
  return Uint8Array.from(new TextEncoder().encode(text));
}

export function base64url(data: Uint8Array): string {
  return btoa(String.fromCharCode(...data)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

export function fromBase64url(text: string): Bytes {
  const binary = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

export async function sha256(data: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", data));
}

// CBOR: unsigned integers, byte strings, text, arrays, maps with unsigned integer keys; shortest spellings, keys in
// order (RFC 8949, 4.2.1).

export type Cbor = number | string | Bytes | readonly Cbor[] | ReadonlyMap<number, Cbor>;

function head(major: number, value: number): Bytes {
  if (value < 24) return Uint8Array.of((major << 5) | value);
  const size = value < 0x100 ? 1 : value < 0x10000 ? 2 : value < 2 ** 32 ? 4 : 8;
  const bytes = Array.from({ length: size }, (_, i) => Math.floor(value / 2 ** (8 * (size - 1 - i))) % 256);
  return Uint8Array.of((major << 5) | (24 + Math.log2(size)), ...bytes);
}

export function encode(value: Cbor): Bytes {
  if (typeof value === "number") return head(0, value);
  if (typeof value === "string") {
    const text = utf8(value);
    return concat(head(3, text.length), text);
  }
  if (value instanceof Uint8Array) return concat(head(2, value.length), value);
  if (Array.isArray(value)) return concat(head(4, value.length), ...(value as Cbor[]).map(encode));
  const entries = [...(value as ReadonlyMap<number, Cbor>)].sort(([a], [b]) => a - b);
  return concat(head(5, entries.length), ...entries.flatMap(([key, item]) => [head(0, key), encode(item)]));
}

/** The value of deterministic CBOR; throws Malformed for any other bytes. */
export function decode(data: Bytes, depth = 1): Cbor {
  const reader = new Reader(data);
  const value = reader.value(depth);
  if (!reader.done || !equal(encode(value), data)) throw new Malformed("not deterministic CBOR");
  return value;
}

class Reader {
  private at = 0;

  constructor(private readonly data: Bytes) {}

  get done(): boolean {
    return this.at === this.data.length;
  }

  value(depth: number): Cbor {
    const [major, size] = this.head();
    if (major === 0) return size;
    if (major === 2) return this.take(size);
    if (major === 3) return this.text(size);
    if (depth === 0 || size > this.data.length) throw new Malformed("too deep or too long");
    if (major === 4) return Array.from({ length: size }, () => this.value(depth - 1));
    if (major === 5) return this.map(size, depth);
    throw new Malformed("not a value of a code");
  }

  private map(size: number, depth: number): Map<number, Cbor> {
    const map = new Map<number, Cbor>();
    for (let i = 0; i < size; i++) {
      const [major, key] = this.head();
      if (major !== 0 || key >= 2 ** 32 || map.has(key)) throw new Malformed("key");
      map.set(key, this.value(depth - 1));
    }
    return map;
  }

  private text(size: number): string {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(this.take(size));
    } catch {
      throw new Malformed("text");
    }
  }

  private head(): [number, number] {
    const first = this.take(1)[0] as number;
    const info = first & 31;
    if (info < 24) return [first >> 5, info];
    if (info > 27) throw new Malformed("length");
    const value = this.take(2 ** (info - 24)).reduce((sum, byte) => sum * 256 + byte, 0);
    if (!Number.isSafeInteger(value)) throw new Malformed("too large"); // no field of a code comes near 2^53
    return [first >> 5, value];
  }

  private take(size: number): Bytes {
    const end = this.at + size;
    if (end > this.data.length) throw new Malformed("cut short");
    const part = this.data.slice(this.at, end);
    this.at = end;
    return part;
  }
}
