/** LC1: read a signed code offline, present a pass with the holder's fresh signature, sign the phone's own claim. */

import { InvalidInput } from "../errors";
import { type Bytes, Malformed, concat, decode, encode, equal, fromBase45, hex, sha256, toBase45, utf8 } from "./bytes";
import { type ClaimToSign, type Claims, claimMap, claimsOf } from "./claims";
import { type Frame, type PublicKey, kidOf, pack, sign, toBeSigned, unpack, verify } from "./cose";
import { type TrustEntry, type TrustList, checkFresh, entryOf } from "./trust";

const PREFIX = "LC1:";
const SEPARATOR = "...";
const MOST_TEXT = 4096;
const SKEW = 60;
const MAX_AGE = 60;
const DOMAIN = utf8("LC1H");

export interface Verified {
  readonly claims: Claims;
  readonly kid: Bytes;
  readonly status: "valid" | "unconfirmed" | "unpresented";
  readonly presentedAt: number | null;
}

interface Parsed {
  readonly text: string;
  readonly frame: Frame;
  readonly claims: Claims;
  readonly proof: Bytes | null;
}

/** What a code merely says, nothing verified. Throws InvalidInput `code_…`. */
export async function peek(text: string): Promise<Claims> {
  return (await parse(text)).claims;
}

/** Check a code against a trust list, without a network; `now` in seconds. Throws InvalidInput `code_…`, `trust_…`. */
export async function read(text: string, trust: TrustList, now: number): Promise<Verified> {
  const parsed = await parse(text);
  checkFresh(trust, now);
  if (parsed.claims.kind === "claim") await checkSignature(parsed, parsed.claims.holder, "code_holder_signature");
  else {
    const entry = issuerOf(parsed, trust);
    await checkSignature(parsed, entry.key, "code_signature");
    checkWindow(entry.notBefore, entry.notAfter, now);
  }
  checkWindow(parsed.claims.begins, parsed.claims.expires, now);
  if (parsed.claims.serials.some((serial) => trust.revoked.has(hex(serial)))) throw new InvalidInput("code_revoked");
  return held(parsed, now);
}

async function parse(text: string): Promise<Parsed> {
  if (text.length > MOST_TEXT) throw new InvalidInput("code_too_long");
  if (!text.startsWith(PREFIX)) throw new InvalidInput("code_prefix");
  const at = text.indexOf(SEPARATOR);
  const code = at < 0 ? text : text.slice(0, at);
  const data = refusing("code_base45", () => fromBase45(code.slice(PREFIX.length)));
  const proof = at < 0 ? null : refusing("code_base45", () => fromBase45(text.slice(at + SEPARATOR.length)));
  const frame = refusing("code_cose", () => unpack(data));
  const value = refusing("code_cose", () => decode(frame.payload));
  try {
    return { text: code, frame, claims: await claimsOf(value), proof };
  } catch (error) {
    throw error instanceof Malformed ? new InvalidInput("code_cose") : error;
  }
}

function refusing<T>(code: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof Malformed ? new InvalidInput(code) : error;
  }
}

function issuerOf(parsed: Parsed, trust: TrustList): TrustEntry {
  const entry = entryOf(trust, parsed.frame.kid);
  if (entry === undefined || !entry.purposes.has(parsed.claims.kind)) throw new InvalidInput("code_key_unknown");
  if (entry.revoked) throw new InvalidInput("code_key_revoked");
  return entry;
}

async function checkSignature(parsed: Parsed, key: PublicKey, code: string): Promise<void> {
  const { kid, payload, signature } = parsed.frame;
  const good = equal(key.kid, kid) && (await verify(key.key, signature, toBeSigned(kid, payload)));
  if (!good) throw new InvalidInput(code);
}

function checkWindow(begins: number, ends: number | null, now: number): void {
  if (now < begins - SKEW) throw new InvalidInput("code_not_yet_valid");
  if (ends !== null && now >= ends) throw new InvalidInput("code_expired");
}

async function held(parsed: Parsed, now: number): Promise<Verified> {
  const { claims } = parsed;
  const holder = claims.kind === "person" || claims.kind === "claim" ? claims.holder : null;
  const status = claims.kind === "claim" ? "unconfirmed" : "valid";
  if (parsed.proof !== null) {
    const presentedAt = await checkProof(parsed, parsed.proof, holder, now);
    return { claims, kid: parsed.frame.kid, status, presentedAt };
  }
  if (claims.kind === "person" && holder !== null) throw new InvalidInput("code_holder_stale");
  return { claims, kid: parsed.frame.kid, status, presentedAt: null };
}

async function checkProof(parsed: Parsed, proof: Bytes, holder: PublicKey | null, now: number): Promise<number> {
  if (holder === null || proof.length !== 68) throw new InvalidInput("code_holder_signature");
  const stamp = proof.slice(0, 4);
  const good = await verify(holder.key, proof.slice(4), await shown(parsed.text, stamp));
  if (!good) throw new InvalidInput("code_holder_signature");
  const at = stamp.reduce((sum, byte) => sum * 256 + byte, 0);
  if (now - at < -SKEW || now - at > MAX_AGE) throw new InvalidInput("code_holder_stale");
  return at;
}

async function shown(text: string, stamp: Bytes): Promise<Bytes> {
  return concat(DOMAIN, await sha256(utf8(text)), stamp);
}

/** The pass with the holder's signature of this moment (in seconds), as a phone shows it. */
export async function present(pass: string, holder: CryptoKey, now: number): Promise<string> {
  const stamp = Uint8Array.of((now >>> 24) & 255, (now >>> 16) & 255, (now >>> 8) & 255, now & 255);
  const signature = await sign(holder, await shown(pass, stamp));
  return pass + SEPARATOR + toBase45(concat(stamp, signature));
}

/** The phone's own claim, signed by its holder key and confirmed by nobody. */
export async function signClaim(claim: ClaimToSign, holder: CryptoKey): Promise<string> {
  const kid = await kidOf(claim.holder);
  const payload = encode(claimMap(claim));
  const signature = await sign(holder, toBeSigned(kid, payload));
  return PREFIX + toBase45(pack({ kid, payload, signature }));
}
