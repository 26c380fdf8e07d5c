/**
 * QR codes (ISO/IEC 18004, model 2, error correction M) drawn on the phone: the personal code changes every 20 seconds
 * and must not need the network, nor the 350 KB of a WebAssembly writer. Text of the alphanumeric set takes that mode, any other
 * text bytes of UTF-8.
 */

const ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
// Error correction M by version 1–40: codewords of correction a block, and blocks (table 9).
const CORRECTION = [
  10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26, 26, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28,
  28, 28, 28, 28, 28, 28, 28, 28, 28,
]; // prettier-ignore
const BLOCKS = [
  1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16, 17, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31, 33, 35, 37,
  38, 40, 43, 45, 47, 49,
]; // prettier-ignore
const LEVEL_M = 0;
const FINDER = [1, 0, 1, 1, 1, 0, 1];

export type Matrix = readonly (readonly boolean[])[];

/** The modules of a text, true where dark. Throws RangeError past the largest code. */
export function qr(text: string): Matrix {
  const plain = [...text].every((character) => ALPHANUMERIC.includes(character));
  const data = plain ? null : new TextEncoder().encode(text);
  const version = smallest(plain ? text.length : (data as Uint8Array).length, plain);
  const bits = plain ? alphanumericBits(text, version) : byteBits(data as Uint8Array, version);
  return bestMasked(version, interleaved(codewords(bits, version), version));
}

function smallest(size: number, plain: boolean): number {
  for (let version = 1; version <= 40; version++) {
    const bits = 4 + countBits(version, plain) + (plain ? Math.ceil((size * 11) / 2) : size * 8);
    if (bits <= dataCodewords(version) * 8) return version;
  }
  throw new RangeError("too long for a QR code");
}

function countBits(version: number, plain: boolean): number {
  if (plain) return version < 10 ? 9 : version < 27 ? 11 : 13;
  return version < 10 ? 8 : 16;
}

function rawModules(version: number): number {
  const size = version * 4 + 17;
  const aligned = alignments(version).length;
  let modules = size * size - 3 * 64 - 2 * (size - 16) - 31;
  if (aligned > 0) modules -= (aligned * aligned - 3) * 25 - (aligned - 2) * 2 * 5;
  return version >= 7 ? modules - 36 : modules;
}

function totalCodewords(version: number): number {
  return Math.floor(rawModules(version) / 8);
}

function dataCodewords(version: number): number {
  return totalCodewords(version) - (CORRECTION[version - 1] as number) * (BLOCKS[version - 1] as number);
}

/** Centres of the alignment patterns along one side; none in version 1. */
function alignments(version: number): number[] {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const last = version * 4 + 10;
  const step = version === 32 ? 26 : Math.ceil((last - 6) / (count - 1) / 2) * 2;
  return [6, ...Array.from({ length: count - 1 }, (_, i) => last - step * (count - 2 - i))];
}

class Bits {
  readonly list: number[] = [];

  add(value: number, width: number): this {
    for (let i = width - 1; i >= 0; i--) this.list.push((value >>> i) & 1);
    return this;
  }
}

function alphanumericBits(text: string, version: number): Bits {
  const bits = new Bits().add(2, 4).add(text.length, countBits(version, true));
  for (let i = 0; i < text.length; i += 2) {
    const first = ALPHANUMERIC.indexOf(text[i] as string);
    const second = text[i + 1];
    if (second === undefined) bits.add(first, 6);
    else bits.add(first * 45 + ALPHANUMERIC.indexOf(second), 11);
  }
  return bits;
}

function byteBits(data: Uint8Array, version: number): Bits {
  const bits = new Bits().add(4, 4).add(data.length, countBits(version, false));
  for (const byte of data) bits.add(byte, 8);
  return bits;
}

function codewords(bits: Bits, version: number): number[] {
  const capacity = dataCodewords(version) * 8;
  bits.add(0, Math.min(4, capacity - bits.list.length));
  bits.add(0, (8 - (bits.list.length % 8)) % 8);
  for (let pad = 0xec; bits.list.length < capacity; pad ^= 0xec ^ 0x11) bits.add(pad, 8);
  return Array.from({ length: capacity / 8 }, (_, i) => parseInt(bits.list.slice(i * 8, i * 8 + 8).join(""), 2));
}

// Reed–Solomon over GF(256), polynomial x^8 + x^4 + x^3 + x^2 + 1.

function multiply(a: number, b: number): number {
  let product = 0;
  for (let i = 7; i >= 0; i--) {
    product = (product << 1) ^ ((product >>> 7) * 0x11d);
    product ^= ((b >>> i) & 1) * a;
  }
  return product;
}

function generator(degree: number): number[] {
  let coefficients = [1];
  for (let i = 0, root = 1; i < degree; i++, root = multiply(root, 2)) {
    const shifted = [...coefficients, 0];
    coefficients = shifted.map((value, at) => value ^ multiply(coefficients[at - 1] ?? 0, root));
  }
  return coefficients.slice(1);
}

function remainder(data: readonly number[], divisor: readonly number[]): number[] {
  let rest = divisor.map(() => 0);
  for (const byte of data) {
    const factor = byte ^ (rest[0] as number);
    rest = [...rest.slice(1), 0].map((value, at) => value ^ multiply(divisor[at] as number, factor));
  }
  return rest;
}

function interleaved(data: readonly number[], version: number): number[] {
  const count = BLOCKS[version - 1] as number;
  const divisor = generator(CORRECTION[version - 1] as number);
  const short = Math.floor(data.length / count);
  const longer = data.length % count;
  const blocks: number[][] = [];
  for (let i = 0, at = 0; i < count; i++) {
    const size = short + (i >= count - longer ? 1 : 0);
    blocks.push(data.slice(at, at + size));
    at += size;
  }
  const corrections = blocks.map((block) => remainder(block, divisor));
  return [...columns(blocks), ...columns(corrections)];
}

function columns(blocks: readonly (readonly number[])[]): number[] {
  const longest = Math.max(...blocks.map((block) => block.length));
  const out: number[] = [];
  for (let i = 0; i < longest; i++) {
    for (const block of blocks) if (i < block.length) out.push(block[i] as number);
  }
  return out;
}

// The drawing. A module that belongs to a pattern is fixed: neither data nor mask touches it.

class Drawing {
  readonly size: number;
  readonly dark: boolean[][];
  readonly fixed: boolean[][];

  constructor(readonly version: number) {
    this.size = version * 4 + 17;
    const blank = (): boolean[][] => Array.from({ length: this.size }, () => Array<boolean>(this.size).fill(false));
    this.dark = blank();
    this.fixed = blank();
  }

  set(x: number, y: number, dark: boolean): void {
    if (x < 0 || y < 0 || x >= this.size || y >= this.size) return;
    (this.dark[y] as boolean[])[x] = dark;
    (this.fixed[y] as boolean[])[x] = true;
  }

  patterns(): void {
    for (let i = 0; i < this.size; i++) {
      this.set(6, i, i % 2 === 0);
      this.set(i, 6, i % 2 === 0);
    }
    for (const [x, y] of [[3, 3], [this.size - 4, 3], [3, this.size - 4]] as const) this.finder(x, y);
    this.alignment();
    if (this.version >= 7) this.versionBits();
  }

  private finder(cx: number, cy: number): void {
    for (let dy = -4; dy <= 4; dy++) {
      for (let dx = -4; dx <= 4; dx++) {
        const ring = Math.max(Math.abs(dx), Math.abs(dy));
        this.set(cx + dx, cy + dy, ring < 4 && FINDER[3 + ring] === 1);
      }
    }
  }

  private alignment(): void {
    const centres = alignments(this.version);
    const last = centres[centres.length - 1];
    for (const cx of centres) {
      for (const cy of centres) {
        const corner = (cx === 6 && cy === 6) || (cx === 6 && cy === last) || (cx === last && cy === 6);
        if (corner) continue;
        for (let dy = -2; dy <= 2; dy++) {
          for (let dx = -2; dx <= 2; dx++) this.set(cx + dx, cy + dy, Math.max(Math.abs(dx), Math.abs(dy)) !== 1);
        }
      }
    }
  }

  private versionBits(): void {
    let rest = this.version;
    for (let i = 0; i < 12; i++) rest = (rest << 1) ^ ((rest >>> 11) * 0x1f25);
    const bits = (this.version << 12) | rest;
    for (let i = 0; i < 18; i++) {
      const [a, b] = [this.size - 11 + (i % 3), Math.floor(i / 3)];
      this.set(a, b, ((bits >>> i) & 1) === 1);
      this.set(b, a, ((bits >>> i) & 1) === 1);
    }
  }

  format(mask: number): void {
    const data = (LEVEL_M << 3) | mask;
    let rest = data;
    for (let i = 0; i < 10; i++) rest = (rest << 1) ^ ((rest >>> 9) * 0x537);
    const bits = ((data << 10) | rest) ^ 0x5412;
    const bit = (i: number): boolean => ((bits >>> i) & 1) === 1;
    for (let i = 0; i < 6; i++) this.set(8, i, bit(i));
    this.set(8, 7, bit(6));
    this.set(8, 8, bit(7));
    this.set(7, 8, bit(8));
    for (let i = 9; i < 15; i++) this.set(14 - i, 8, bit(i));
    for (let i = 0; i < 8; i++) this.set(this.size - 1 - i, 8, bit(i));
    for (let i = 8; i < 15; i++) this.set(8, this.size - 15 + i, bit(i));
    this.set(8, this.size - 8, true);
  }

  /** Lay the codewords in two-module columns from the right, up and down by turns. */
  data(words: readonly number[]): void {
    let at = 0;
    for (let right = this.size - 1; right >= 1; right -= 2) {
      if (right === 6) right = 5;
      const upward = ((right + 1) & 2) === 0;
      for (let step = 0; step < this.size; step++) {
        const y = upward ? this.size - 1 - step : step;
        for (const x of [right, right - 1]) {
          if ((this.fixed[y] as boolean[])[x] || at >= words.length * 8) continue;
          (this.dark[y] as boolean[])[x] = (((words[at >>> 3] as number) >>> (7 - (at & 7))) & 1) === 1;
          at++;
        }
      }
    }
  }

  masked(mask: number): boolean[][] {
    const test = MASKS[mask] as (x: number, y: number) => boolean;
    this.format(mask);
    return this.dark.map((row, y) => row.map((dark, x) => dark !== (!(this.fixed[y] as boolean[])[x] && test(x, y))));
  }
}

const MASKS: readonly ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_x, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

function bestMasked(version: number, words: readonly number[]): Matrix {
  const drawing = new Drawing(version);
  drawing.patterns();
  drawing.format(0);
  drawing.data(words);
  const drawn = MASKS.map((_, mask) => drawing.masked(mask));
  const penalties = drawn.map(penalty);
  return drawn[penalties.indexOf(Math.min(...penalties))] as Matrix;
}

function penalty(rows: Matrix): number {
  const turned = rows.map((_, x) => rows.map((row) => row[x] as boolean));
  const lines = [...rows, ...turned].map((line) => line.map((dark) => (dark ? "1" : "0")).join(""));
  const runs = lines.map(linePenalty).reduce((sum, value) => sum + value, 0);
  const dark = rows.reduce((sum, row) => sum + row.filter(Boolean).length, 0);
  const share = (dark * 100) / rows.length ** 2;
  return runs + squares(rows) + Math.floor(Math.abs(share - 50) / 5) * 10;
}

function linePenalty(line: string): number {
  const runs = (line.match(/0{5,}|1{5,}/g) ?? []).reduce((sum, run) => sum + run.length - 2, 0);
  const finders = line.match(/(?=10111010000|00001011101)/g) ?? [];
  return runs + finders.length * 40;
}

function squares(rows: Matrix): number {
  let found = 0;
  for (let y = 0; y + 1 < rows.length; y++) {
    const [row, next] = [rows[y] as boolean[], rows[y + 1] as boolean[]];
    for (let x = 0; x + 1 < row.length; x++) {
      if (row[x] === row[x + 1] && row[x] === next[x] && row[x] === next[x + 1]) found += 3;
    }
  }
  return found;
}

/** The code as an SVG path of unit squares, for a viewBox of `size` with its quiet zone of 4. */
export function qrPath(text: string): { path: string; size: number } {
  const rows = qr(text);
  let path = "";
  rows.forEach((row, y) => {
    for (let x = 0; x < row.length; x++) {
      if (!row[x]) continue;
      const start = x;
      while (x + 1 < row.length && row[x + 1]) x++;
      path += `M${start + 4} ${y + 4}h${x - start + 1}v1h-${x - start + 1}z`;
    }
  });
  return { path, size: rows.length + 8 };
}
