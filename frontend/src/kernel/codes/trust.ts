/** The trust list: whose signatures count, for what, until when; as `lachan.kernel.codes.trust`. */

import { InvalidInput } from "../errors";
import { type Bytes, type Cbor, Malformed, decode, equal, fromBase45, hex } from "./bytes";
import { PURPOSES } from "./claims";
import { type Frame, type PublicKey, publicKey, toBeSigned, unpack, verify } from "./cose";

const PREFIX = "LCT1:";
const MOST_TEXT = 4 * 1024 * 1024;
const NAMES = new Map(Object.entries(PURPOSES).map(([name, number]) => [number, name]));

export interface TrustEntry {
  readonly key: PublicKey;
  readonly purposes: ReadonlySet<string>;
  readonly notBefore: number;
  readonly notAfter: number | null;
  readonly revoked: boolean;
}
export interface TrustList {
  readonly entries: readonly TrustEntry[];
  readonly issued: number;
  readonly expires: number;
  /** Serials, in hexadecimal, that no longer count. */
  readonly revoked: ReadonlySet<string>;
}

/** The list of `text` when one of `anchors` signed it and it is still fresh. Throws InvalidInput `trust_…`. */
export async function readTrust(text: string, anchors: readonly PublicKey[], now: number): Promise<TrustList> {
  if (text.length > MOST_TEXT) throw new InvalidInput("trust_too_long");
  const frame = frameOf(text);
  const candidates = anchors.filter((anchor) => equal(anchor.kid, frame.kid));
  if (candidates.length === 0) throw new InvalidInput("trust_key_unknown");
  const signed = toBeSigned(frame.kid, frame.payload);
  const verdicts = await Promise.all(candidates.map((anchor) => verify(anchor.key, frame.signature, signed)));
  if (!verdicts.includes(true)) throw new InvalidInput("trust_signature");
  const list = await broken(() => listOf(decode(frame.payload, 4)));
  checkFresh(list, now);
  return list;
}

export function checkFresh(list: TrustList, now: number): void {
  if (now >= list.expires) throw new InvalidInput("trust_expired");
}

export function entryOf(list: TrustList, kid: Bytes): TrustEntry | undefined {
  return list.entries.find((entry) => equal(entry.key.kid, kid));
}

function frameOf(text: string): Frame {
  try {
    if (!text.startsWith(PREFIX)) throw new Malformed("prefix");
    return unpack(fromBase45(text.slice(PREFIX.length)));
  } catch (error) {
    throw error instanceof Malformed ? new InvalidInput("trust_broken") : error;
  }
}

async function broken(read: () => Promise<TrustList>): Promise<TrustList> {
  try {
    return await read();
  } catch (error) {
    throw error instanceof Malformed ? new InvalidInput("trust_broken") : error;
  }
}

async function listOf(value: Cbor): Promise<TrustList> {
  if (!(value instanceof Map) || value.size !== 5 || value.get(0) !== 16) throw new Malformed("not a trust list");
  const [entries, serials] = [value.get(20), value.get(21)];
  if (!Array.isArray(entries) || !Array.isArray(serials)) throw new Malformed("not a trust list");
  if (!serials.every((serial) => serial instanceof Uint8Array)) throw new Malformed("revoked serials");
  return {
    entries: await Promise.all(entries.map(entryFrom)),
    issued: time(value.get(6)),
    expires: time(value.get(4)),
    revoked: new Set(serials.map(hex)),
  };
}

async function entryFrom(item: Cbor): Promise<TrustEntry> {
  if (!Array.isArray(item) || item.length !== 5) throw new Malformed("entry");
  const [raw, begins, ends, purposes, revoked] = item as Cbor[];
  if (!(raw instanceof Uint8Array) || !Array.isArray(purposes) || (revoked !== 0 && revoked !== 1)) {
    throw new Malformed("entry");
  }
  const names = purposes.map((number) => NAMES.get(number as number)).filter((name) => name !== undefined);
  return {
    key: await publicKey(raw as Bytes),
    purposes: new Set(names),
    notBefore: time(begins),
    notAfter: ends === 0 ? null : time(ends),
    revoked: revoked === 1,
  };
}

function time(value: Cbor | undefined): number {
  if (typeof value !== "number" || value >= 2 ** 32) throw new Malformed("time");
  return value;
}
