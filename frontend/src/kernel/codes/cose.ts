/** The one COSE_Sign1 frame that is accepted (RFC 9052, ES256, 4-byte key id), compared byte by byte; P-256 by WebCrypto. */

import { type Bytes, Malformed, concat, encode, equal, fromHex, sha256, utf8 } from "./bytes";

const PROTECTED = fromHex("49a201260444");
const HEAD = concat(fromHex("d284"), PROTECTED);
const TO_SIGN = concat(fromHex("846a"), utf8("Signature1"), PROTECTED);
const SIGNATURE_HEAD = fromHex("5840");
const SPKI = fromHex("3059301306072a8648ce3d020106082a8648ce3d03010703420004");
const CURVE = { name: "ECDSA", namedCurve: "P-256" } as const;
const ES256 = { name: "ECDSA", hash: "SHA-256" } as const;
const KID = 4;
const SIGNATURE = 64;

export interface Frame {
  readonly kid: Bytes;
  readonly payload: Bytes;
  readonly signature: Bytes;
}

export function toBeSigned(kid: Bytes, payload: Bytes): Bytes {
  return concat(TO_SIGN, kid, fromHex("40"), encode(payload));
}

export function pack(frame: Frame): Bytes {
  return concat(HEAD, frame.kid, fromHex("a0"), encode(frame.payload), SIGNATURE_HEAD, frame.signature);
}

/** The parts of a frame; throws Malformed for any byte that isn't as `pack` writes it. */
export function unpack(data: Bytes): Frame {
  const start = data.length - SIGNATURE;
  const body = HEAD.length + KID + 1;
  if (start < body + 3) throw new Malformed("cut short");
  const frame = {
    kid: data.slice(HEAD.length, HEAD.length + KID),
    payload: payloadOf(data.slice(body, start - SIGNATURE_HEAD.length)),
    signature: data.slice(start),
  };
  if (!equal(pack(frame), data)) throw new Malformed("not our COSE_Sign1");
  return frame;
}

function payloadOf(body: Bytes): Bytes {
  for (const head of [1, 2, 3, 5]) {
    const payload = body.slice(head);
    if (body.length >= head && equal(encode(payload), body)) return payload;
  }
  throw new Malformed("not our COSE_Sign1");
}

/** A P-256 public key: `raw` is x || y. */
export interface PublicKey {
  readonly raw: Bytes;
  readonly kid: Bytes;
  readonly key: CryptoKey;
}

/** The key of a 64-byte x || y; throws Malformed when it isn't a point of the curve. */
export async function publicKey(raw: Bytes): Promise<PublicKey> {
  try {
    if (raw.length !== 64) throw new Malformed("point");
    const key = await crypto.subtle.importKey("raw", concat(Uint8Array.of(4), raw), CURVE, true, ["verify"]);
    return { raw, kid: await kidOf(raw), key };
  } catch {
    throw new Malformed("point");
  }
}

export async function kidOf(raw: Bytes): Promise<Bytes> {
  return (await sha256(concat(SPKI, raw))).slice(0, KID);
}

export function verify(key: CryptoKey, signature: Bytes, data: Bytes): Promise<boolean> {
  return signature.length === SIGNATURE ? crypto.subtle.verify(ES256, key, signature, data) : Promise.resolve(false);
}

export async function sign(key: CryptoKey, data: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.sign(ES256, key, data));
}

/** A key pair whose private half can't be read out, not even by this page. */
export async function newPair(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(CURVE, false, ["sign", "verify"]);
}

/** x || y of a public key. */
export async function rawOf(key: CryptoKey): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.exportKey("raw", key)).slice(1);
}
