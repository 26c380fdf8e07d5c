/** One zlib stream (RFC 1950), whole and small. */

import { inflateSync } from "fflate";

import { type Bytes, Malformed } from "./bytes";

/** What the stream holds. Throws Malformed: no stream, more than `most` bytes, cut short, or bytes left over. */
export function inflate(data: Bytes, most: number): Bytes {
  const [cmf, flg] = [data[0] ?? 0, data[1] ?? 0];
  if ((cmf & 15) !== 8 || cmf >> 4 > 7 || (cmf * 256 + flg) % 31 !== 0 || flg & 32) throw new Malformed("not zlib");
  const body = data.subarray(2, -4);
  const found = inflated(body, most);
  // The library doesn't say where the stream ended: it ended with its last byte when it can't do without it.
  if (found === null || found.length > most || inflated(body.subarray(0, -1), most) !== null) throw new Malformed("not one stream");
  if (adler32(found) !== new DataView(data.buffer, data.byteOffset + data.length - 4, 4).getUint32(0)) throw new Malformed("checksum");
  return found;
}

function inflated(body: Uint8Array, most: number): Bytes | null {
  try {
    // Into a buffer of its own size: what is beyond it is dropped, so that a bomb takes no memory.
    return inflateSync(body, { out: new Uint8Array(most + 1) }) as Bytes;
  } catch {
    return null;
  }
}

function adler32(data: Uint8Array): number {
  let [a, b] = [1, 0];
  for (const byte of data) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return b * 65536 + a;
}
