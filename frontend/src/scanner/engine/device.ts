/** Enrolling this device by a one-time code, and what it is afterwards. */
import { type Bytes, base64url, concat, equal, fromBase64url, sha256 } from "../../kernel/codes/bytes";
import { type PublicKey, newPair, publicKey, rawOf, sign } from "../../kernel/codes/cose";
import { readingOf } from "../../kernel/reading";
import { enrolToSign, wasToSign } from "./calls";
import { openLog } from "./log";
import { post } from "./net";
import { asked, read, within } from "./store";
import type { Place, Shift } from "./wire";

export interface Device {
  readonly id: string;
  readonly secret: CryptoKey;
  readonly place: Place;
  readonly shift: Shift;
  /** x || y of the keys whose bundles count. */
  readonly anchors: readonly Bytes[];
  readonly name: string;
  readonly enrolledAt: number;
  readonly revoked: boolean;
}
export interface EnrolCode {
  readonly code: Bytes;
  /** First 16 bytes of the SHA-256 of the province's key. */
  readonly anchor: Bytes;
}
export type Refusal = "enrolCode" | "enrolUsed" | "enrolOffline" | "enrolBusy" | "enrolForged" | "enrolUnsent";

export class EnrolRefused extends Error {
  constructor(readonly why: Refusal) {
    super(why);
  }
}

/** The code in an address, its fragment, or a scanned text; null when there is none. */
export function enrolCode(text: string): EnrolCode | null {
  const { kind, value } = readingOf(text);
  if (kind !== "enrol") return null;
  const [code, anchor] = value.slice("LCE1:".length).split(".") as [string, string];
  try {
    return { code: fromBase64url(code), anchor: fromBase64url(anchor) };
  } catch {
    return null;
  }
}

export async function device(): Promise<Device | null> {
  const [about, pair] = await within(["state", "keys"], "readonly", async (stores) => [
    await asked(stores("state").get("device") as IDBRequest<Omit<Device, "secret"> | undefined>),
    await asked(stores("keys").get("device") as IDBRequest<CryptoKeyPair | undefined>),
  ] as const);
  return about && pair ? { ...about, secret: pair.privateKey } : null;
}

interface Enrolled {
  readonly device: string;
  readonly log: string;
  readonly place: Place;
  readonly shift: Shift;
  readonly anchors: readonly { x: string; y: string }[];
  readonly bundle: { bundle: string; kid: string; sig: string };
}

/** Enrol with a fresh key. Throws EnrolRefused, StorageBroken. Gives the device and the first bundle's envelope, still to be verified. */
export async function enrol(code: EnrolCode, name: string, app: string, now: number): Promise<{ device: Device; envelope: Enrolled["bundle"] }> {
  const pair = await newPair();
  const key = await rawOf(pair.publicKey);
  const proof = await sign(pair.privateKey, enrolToSign(code.code, key));
  const before = await device();
  const was = before ? { was: before.id, was_sig: base64url(await sign(before.secret, wasToSign(code.code, key))) } : {};
  const reply = await post("/api/edge/enrol", {
    code: base64url(code.code), key: base64url(key), name, platform: platform(), app, proof: base64url(proof), ...was,
  }); // prettier-ignore
  if (reply === null) throw new EnrolRefused("enrolOffline");
  if (reply.status === 429 || reply.status >= 500) throw new EnrolRefused("enrolBusy");
  if (reply.status !== 200 && reply.status !== 201) throw new EnrolRefused("enrolUsed");
  const said = reply.body as unknown as Enrolled;
  const anchors = await anchorsOf(said.anchors, code.anchor);
  const about = { id: said.device, place: said.place, shift: said.shift, anchors, name, enrolledAt: now, revoked: false };
  await within(["state", "keys", "entries", "drafts"], "readwrite", async (stores) => {
    await asked(stores("keys").put(pair, "device"));
    await asked(stores("state").put(about, "device"));
    await asked(stores("state").delete("bundle"));
    await openLog(stores, said.log);
  });
  return { device: { ...about, secret: pair.privateKey }, envelope: said.bundle };
}

/** The fingerprint came with the code, from the supervisor's screen: a server in between can't put in a key of its own. */
async function anchorsOf(given: Enrolled["anchors"], fingerprint: Bytes): Promise<Bytes[]> {
  const raw = given.map(({ x, y }) => concat(fromBase64url(x), fromBase64url(y)));
  const prints = await Promise.all(raw.map(sha256));
  if (!prints.some((print) => equal(print.slice(0, fingerprint.length), fingerprint))) throw new EnrolRefused("enrolForged");
  return raw;
}

export function anchorKeys(of: Device): Promise<PublicKey[]> {
  return Promise.all(of.anchors.map(publicKey));
}

export async function setRevoked(revoked: boolean): Promise<void> {
  await within(["state"], "readwrite", async (stores) => {
    const about = await asked(stores("state").get("device") as IDBRequest<Device | undefined>);
    if (about && about.revoked !== revoked) await asked(stores("state").put({ ...about, revoked }, "device"));
  });
}

export function enrolled(): Promise<boolean> {
  return read("state", "device").then((about) => about !== undefined);
}

function platform(): string {
  const about = globalThis.navigator as (Navigator & { userAgentData?: { platform?: string } }) | undefined;
  return (about?.userAgentData?.platform ?? about?.userAgent ?? "").slice(0, 80);
}
