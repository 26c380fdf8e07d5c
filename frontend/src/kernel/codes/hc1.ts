/** EU Digital COVID Certificates (HC1): read offline, as `lachan.kernel.codes.hc1`. */

import type { Json } from "../certlogic";
import { InvalidInput } from "../errors";
import { type Bytes, Malformed, fromBase45, fromBase64url, hex } from "./bytes";
import { type Plain, type PlainMap, plain, signedStructure } from "./cbor";
import { type Dcc, type Kind, type Token, tokenOf } from "./dcc";
import { inflate } from "./zlib";

export type { Dcc, Kind } from "./dcc";

const PREFIX = "HC1:";
const MOST_TEXT = 4296;
const MOST_INFLATED = 64 * 1024;
const SKEW = 60;
const ALG = 1, KID = 4; // prettier-ignore
const FRAMES = [[0xd8, 0x3d, 0xd2], [0xd2], []];

type Alg = "ES256" | "PS256";
const ALGORITHMS: Record<Alg, { cose: number; kept: EcKeyImportParams | RsaHashedImportParams; used: EcdsaParams | RsaPssParams }> = {
  ES256: { cose: -7, kept: { name: "ECDSA", namedCurve: "P-256" }, used: { name: "ECDSA", hash: "SHA-256" } },
  PS256: { cose: -37, kept: { name: "RSA-PSS", hash: "SHA-256" }, used: { name: "RSA-PSS", saltLength: 32 } },
};

/** An issuer's key as a bundle carries it; times in seconds. */
export interface Hc1KeyJson {
  readonly kid: string;
  readonly alg: Alg;
  readonly spki: string;
  readonly usage: readonly Kind[];
  readonly not_before?: number;
  readonly not_after: number | null;
}
export interface Hc1Key {
  readonly alg: Alg;
  readonly key: CryptoKey;
  readonly usage: ReadonlySet<Kind>;
  readonly notBefore: number;
  readonly notAfter: number | null;
}
/** The keys by key id, in hexadecimal. */
export type Hc1Trust = ReadonlyMap<string, readonly Hc1Key[]>;

/** A certificate that holds, or (from `peekHc1`) that merely claims to. Times in seconds. */
export interface Hc1 {
  readonly kind: Kind;
  readonly dcc: Dcc;
  readonly issuer: string;
  readonly issued: number;
  readonly expires: number;
  readonly kid: string;
}

interface Envelope {
  readonly alg: number;
  readonly kid: string;
  readonly signed: Bytes;
  readonly payload: Bytes;
  readonly signature: Bytes;
}

/** The keys of a bundle. One that this browser can't take is left out: its certificates are then of an unknown key. */
export async function hc1Trust(keys: readonly Hc1KeyJson[]): Promise<Hc1Trust> {
  const trust = new Map<string, Hc1Key[]>();
  for (const item of keys) {
    const key = await imported(item);
    if (key !== null) trust.set(item.kid, [...(trust.get(item.kid) ?? []), key]);
  }
  return trust;
}

async function imported(item: Hc1KeyJson): Promise<Hc1Key | null> {
  try {
    const { kept } = ALGORITHMS[item.alg];
    const key = await crypto.subtle.importKey("spki", fromBase64url(item.spki), kept, false, ["verify"]);
    return { alg: item.alg, key, usage: new Set(item.usage), notBefore: item.not_before ?? 0, notAfter: item.not_after };
  } catch {
    return null;
  }
}

/** What a certificate says, nothing verified. Throws InvalidInput `code_…`. */
export function peekHc1(text: string): Hc1 {
  const { envelope, token } = parse(text);
  return { ...token, kid: envelope.kid };
}

/** Verify a certificate without a network; `now` in seconds. Throws InvalidInput `code_…`. */
export async function readHc1(text: string, trust: Hc1Trust, now: number): Promise<Hc1> {
  const { envelope, token } = parse(text);
  const key = await signerOf(envelope, trust);
  if (!key.usage.has(token.kind)) throw new InvalidInput("code_usage");
  checkWindow(key.notBefore, key.notAfter, now);
  checkWindow(token.issued, token.expires, now);
  return { ...token, kid: envelope.kid };
}

/** Family name, then given name; the transliteration where there is no other. */
export function nameOf(certificate: Hc1): string {
  const { fn, gn, fnt, gnt } = certificate.dcc.nam;
  const written = `${fn ?? ""} ${gn ?? ""}`.trim();
  return written || `${fnt} ${gnt ?? ""}`.replace(/</g, " ").trim();
}

/** The one vaccination, test or recovery. */
export function entryOf(certificate: Hc1): { readonly [key: string]: Json } {
  return (certificate.dcc[certificate.kind] as { [key: string]: Json }[])[0] as { [key: string]: Json };
}

function parse(text: string): { envelope: Envelope; token: Token } {
  if (text.length > MOST_TEXT) throw new InvalidInput("code_too_long");
  if (!text.startsWith(PREFIX)) throw new InvalidInput("code_prefix");
  const packed = refusing("code_base45", () => fromBase45(text.slice(PREFIX.length)));
  const frame = refusing("code_zip", () => inflate(packed, MOST_INFLATED));
  const envelope = refusing("code_cose", () => openCose(frame));
  const value = refusing("code_cose", () => plain(envelope.payload));
  return { envelope, token: refusing("code_claims", () => tokenOf(value)) };
}

function refusing<T>(code: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof Malformed ? new InvalidInput(code) : error;
  }
}

function openCose(data: Bytes): Envelope {
  const tag = FRAMES.find((frame) => frame.every((byte, at) => data[at] === byte)) as number[];
  const parts = plain(data.slice(tag.length));
  if (!Array.isArray(parts) || parts.length !== 4) throw new Malformed("not a COSE_Sign1");
  const [header, loose, payload, signature] = parts as Plain[];
  if (!isBytes(header) || !isBytes(payload) || !isBytes(signature) || !(loose instanceof Map)) {
    throw new Malformed("not a COSE_Sign1");
  }
  const kept = header.length > 0 ? plain(header) : new Map();
  if (!(kept instanceof Map)) throw new Malformed("header");
  return { ...named(kept, loose), signed: signedStructure(header, payload), payload, signature };
}

function isBytes(value: Plain | undefined): value is Bytes {
  return value instanceof Uint8Array;
}

/** The algorithm counts only where the signature covers it; of two key ids, the covered one counts. */
function named(kept: PlainMap, loose: PlainMap): { alg: number; kid: string } {
  const alg = kept.get(ALG);
  const kid = kept.has(KID) ? kept.get(KID) : loose.get(KID);
  if (typeof alg !== "number" || !Number.isInteger(alg) || !isBytes(kid)) throw new Malformed("header");
  return { alg, kid: hex(kid) };
}

async function signerOf(envelope: Envelope, trust: Hc1Trust): Promise<Hc1Key> {
  const known = trust.get(envelope.kid) ?? [];
  if (known.length === 0) throw new InvalidInput("code_key_unknown");
  const able = known.filter((key) => ALGORITHMS[key.alg].cose === envelope.alg);
  if (able.length === 0) throw new InvalidInput("code_alg");
  for (const key of able) {
    const { used } = ALGORITHMS[key.alg];
    if (await crypto.subtle.verify(used, key.key, envelope.signature, envelope.signed)) return key;
  }
  throw new InvalidInput("code_signature");
}

function checkWindow(begins: number, ends: number | null, now: number): void {
  if (now < begins - SKEW) throw new InvalidInput("code_not_yet_valid");
  if (ends !== null && now >= ends) throw new InvalidInput("code_expired");
}

