/** General CBOR (RFC 8949) as others write it: plain values only, no tags, a bounded depth; as `lachan.kernel.codes.hc1`. */

import { type Bytes, Malformed, concat, utf8 } from "./bytes";

export type Plain = null | boolean | number | string | Bytes | readonly Plain[] | PlainMap;
export type PlainMap = ReadonlyMap<number | string, Plain>;

const MOST_DEPTH = 16;
const BREAK = Symbol("break");

/** The one value of these bytes; throws Malformed. */
export function plain(data: Bytes): Plain {
  const reader = new Reader(data);
  const value = reader.value(MOST_DEPTH);
  if (value === BREAK || !reader.done) throw new Malformed("bytes left over");
  return value;
}

/** COSE's Sig_structure: an array of "Signature1" and three byte strings. */
export function signedStructure(protectedHeader: Bytes, payload: Bytes): Bytes {
  const name = utf8("Signature1");
  return concat(Uint8Array.of(0x84, 0x60 + name.length), name, bytesOf(protectedHeader), Uint8Array.of(0x40), bytesOf(payload));
}

function bytesOf(data: Bytes): Bytes {
  const size = data.length;
  if (size < 24) return concat(Uint8Array.of(0x40 + size), data);
  if (size < 0x100) return concat(Uint8Array.of(0x58, size), data);
  if (size < 0x10000) return concat(Uint8Array.of(0x59, size >> 8, size & 255), data);
  return concat(Uint8Array.of(0x5a, size >>> 24, (size >> 16) & 255, (size >> 8) & 255, size & 255), data);
}

class Reader {
  private at = 0;
  private readonly view: DataView;

  constructor(private readonly data: Bytes) {
    this.view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  }

  get done(): boolean {
    return this.at === this.data.length;
  }

  value(depth: number): Plain | typeof BREAK {
    const first = this.skip(1);
    const [major, info] = [this.view.getUint8(first) >> 5, this.view.getUint8(first) & 31];
    if (major === 7) return this.simple(info);
    if (major === 6) throw new Malformed("a tag");
    const size = info === 31 ? null : this.argument(info);
    if (major === 2) return this.bytes(size);
    if (major === 3) return this.text(size);
    if (size !== null && major < 2) return major === 0 ? whole(size) : whole(-1 - size);
    if (depth === 0 || major < 2) throw new Malformed("too deep");
    return major === 4 ? this.list(size, depth - 1) : this.map(size, depth - 1);
  }

  private simple(info: number): Plain | typeof BREAK {
    if (info === 20 || info === 21) return info === 21;
    if (info === 22) return null;
    if (info === 25) return finite(half(this.view.getUint16(this.skip(2))));
    if (info === 26) return finite(this.view.getFloat32(this.skip(4)));
    if (info === 27) return finite(this.view.getFloat64(this.skip(8)));
    if (info === 31) return BREAK;
    throw new Malformed("not a plain value");
  }

  private argument(info: number): number {
    if (info < 24) return info;
    if (info === 24) return this.view.getUint8(this.skip(1));
    if (info === 25) return this.view.getUint16(this.skip(2));
    if (info === 26) return this.view.getUint32(this.skip(4));
    if (info !== 27) throw new Malformed("length");
    const at = this.skip(8);
    return this.view.getUint32(at) * 2 ** 32 + this.view.getUint32(at + 4);
  }

  private bytes(size: number | null): Bytes {
    if (size !== null) return this.take(size);
    return concat(...this.chunks(2).map((chunk) => chunk as Bytes));
  }

  private text(size: number | null): string {
    if (size === null) return this.chunks(3).join("");
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(this.take(size));
    } catch {
      throw new Malformed("text");
    }
  }

  private chunks(major: number): Plain[] {
    const found: Plain[] = [];
    for (;;) {
      const first = this.at < this.data.length ? this.view.getUint8(this.at) : 0;
      if (first !== 0xff && (first >> 5 !== major || (first & 31) === 31)) throw new Malformed("chunk");
      const chunk = this.value(0);
      if (chunk === BREAK) return found;
      found.push(chunk);
    }
  }

  private list(size: number | null, depth: number): Plain[] {
    const list: Plain[] = [];
    while (size === null || list.length < size) {
      const item = this.value(depth);
      if (item === BREAK && size === null) return list;
      list.push(real(item));
    }
    return list;
  }

  private map(size: number | null, depth: number): PlainMap {
    const map = new Map<number | string, Plain>();
    while (size === null || map.size < size) {
      const key = this.value(0);
      if (key === BREAK && size === null) return map;
      const known = typeof key === "string" || (typeof key === "number" && Number.isSafeInteger(key));
      if (!known || map.has(key)) throw new Malformed("key");
      map.set(key, real(this.value(depth)));
    }
    return map;
  }

  private take(size: number): Bytes {
    const start = this.skip(size);
    return this.data.slice(start, start + size);
  }

  private skip(size: number): number {
    const start = this.at;
    if (size > this.data.length - start) throw new Malformed("cut short");
    this.at = start + size;
    return start;
  }
}

function real(value: Plain | typeof BREAK): Plain {
  if (value === BREAK) throw new Malformed("break");
  return value;
}

function whole(value: number): number {
  if (!Number.isSafeInteger(value)) throw new Malformed("too large");
  return value;
}

function finite(value: number): number {
  if (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER) throw new Malformed("not a number");
  return value + 0; // there is no -0 in JSON
}

function half(bits: number): number {
  const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}
