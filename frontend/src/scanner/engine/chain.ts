/** The hash chain of a device's log and what the device signs for a batch; as the kernel has it. */
import { type Bytes, concat, sha256, utf8 } from "../../kernel/codes/bytes";
import { uuidBytes } from "../../kernel/ids";

const BATCH = utf8("LCS1");
const CALL = utf8("LCD1");
const ENROL = utf8("LCE1");

export const START: Bytes = new Uint8Array(32);

/** The chain's head after a line. */
export function step(before: Bytes, body: Bytes): Promise<Bytes> {
  return sha256(concat(before, body));
}

function big64(value: number): Bytes {
  return Uint8Array.from({ length: 8 }, (_, at) => Math.floor(value / 2 ** (8 * (7 - at))) % 256);
}

export function batchToSign(log: string, first: number, before: Bytes, head: Bytes): Bytes {
  return concat(BATCH, uuidBytes(log), big64(first), before, head);
}

/** What a device signs to be known at an address; `ts` in Unix seconds. */
export function callToSign(path: string, ts: number, device: string): Bytes {
  return concat(CALL, utf8(path), big64(ts), uuidBytes(device));
}

export function enrolToSign(code: Bytes, key: Bytes): Bytes {
  return concat(ENROL, code, key);
}
