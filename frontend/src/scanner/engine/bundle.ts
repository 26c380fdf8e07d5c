/** What the province tells a gate: signed, kept, refreshed, and after its hour no longer good for green. */
import { equal, fromBase64url, fromHex, utf8, concat } from "../../kernel/codes/bytes";
import { type PublicKey, verify } from "../../kernel/codes/cose";
import { type TrustList, readTrust } from "../../kernel/codes/trust";
import { InvalidInput } from "../../kernel/errors";
import type { Hc1KeyJson } from "../../kernel/codes/hc1";
import type { EntryRules } from "../../kernel/entry";
import type { GateRules } from "../../kernel/gates";
import { localDay } from "../../kernel/dates";
import * as clock from "./clock";
import { type Device, anchorKeys, setRevoked } from "./device";
import { call } from "./net";
import { asked, read, within } from "./store";
import type { Place, Shift } from "./wire";

const DOMAIN = utf8("LCB1");
export const REFRESH_MS = 600_000;

export interface Envelope {
  readonly bundle: string;
  readonly kid: string;
  readonly sig: string;
}
export interface DatedRules extends GateRules {
  readonly valid_from: string;
  readonly valid_to: string | null;
}
interface Content {
  readonly v: number;
  readonly version: string;
  readonly issued: number;
  readonly stale: number;
  readonly expires: number;
  readonly place: Place;
  readonly shift: Shift;
  readonly gates: readonly DatedRules[];
  readonly trust: string;
  readonly hc1: readonly Hc1KeyJson[];
  readonly hc1rules: readonly EntryRules[];
  readonly levels: Readonly<Record<string, number>>;
  readonly revoked: readonly string[];
  readonly held: readonly string[];
  readonly fresh_seconds: number;
}
export interface Bundle extends Omit<Content, "revoked" | "held" | "trust"> {
  readonly trust: TrustList;
  readonly revoked: ReadonlySet<string>;
  readonly held: ReadonlySet<string>;
}
/** `clock`: this device's clock stands before what it has already seen; counts as expired. */
export type Freshness = "none" | "fresh" | "stale" | "expired" | "clock";
export type Fetched = "new" | "same" | "offline" | "revoked" | "over" | "refused";

export class BundleRefused extends Error {}

/** How far a bundle may be believed now (Unix seconds). */
export function freshness(bundle: Pick<Bundle, "issued" | "stale" | "expires"> | null, now: number, wentBack: boolean): Freshness {
  if (bundle === null) return "none";
  if (wentBack || now < bundle.issued - clock.SLACK) return "clock";
  if (now >= bundle.expires) return "expired";
  return now >= bundle.stale ? "stale" : "fresh";
}

export function freshnessNow(bundle: Bundle | null): Freshness {
  const at = clock.now();
  return freshness(bundle, clock.wentBack(at) ? at : clock.judged(at), clock.wentBack(at));
}

/** The rules in force on the day in Vietnam; undefined when the bundle has none. */
export function rulesOn(bundle: Bundle, ms: number): DatedRules | undefined {
  const day = localDay(ms);
  const begun = bundle.gates.filter((rules) => rules.valid_from <= day && (rules.valid_to === null || day < rules.valid_to));
  return [...begun].sort((a, b) => (a.valid_from < b.valid_from ? 1 : -1))[0];
}

/** The content of an envelope that the province signed. Throws BundleRefused for anything else. */
export async function open(envelope: Envelope, keys: readonly PublicKey[]): Promise<Content> {
  try {
    const kid = fromHex(envelope.kid);
    const signed = concat(DOMAIN, utf8(envelope.bundle));
    const verdicts = await Promise.all(keys.filter((key) => equal(key.kid, kid)).map((key) => verify(key.key, fromBase64url(envelope.sig), signed)));
    if (!verdicts.includes(true)) throw new BundleRefused("signature");
    const content = JSON.parse(envelope.bundle) as Content;
    if (content.v !== 1 || typeof content.issued !== "number" || !(content.expires > content.issued)) throw new BundleRefused("form");
    return content;
  } catch (error) {
    throw error instanceof BundleRefused ? error : new BundleRefused(String(error));
  }
}

/** Verify, read and keep an envelope; an older one than the one kept is refused. */
export async function take(of: Device, envelope: Envelope): Promise<Bundle> {
  const kept = await read<Envelope>("state", "bundle");
  const before = kept ? await readKept(of, kept).catch(() => null) : null;
  const content = await open(envelope, await keysFor(of, before));
  if (content.place.id !== of.place.id) throw new BundleRefused("place");
  if (before && content.issued < before.issued) throw new BundleRefused("older");
  const bundle = await readContent(of, content);
  await within(["state"], "readwrite", (stores) => asked(stores("state").put(envelope, "bundle")));
  return bundle;
}

async function readKept(of: Device, envelope: Envelope): Promise<Bundle> {
  const anchors = await anchorKeys(of);
  const { trust } = JSON.parse(envelope.bundle) as Content;
  const list = await readTrust(trust, anchors, 0).catch(() => null);
  return readContent(of, await open(envelope, [...anchors, ...(list?.entries ?? []).filter((entry) => !entry.revoked).map((entry) => entry.key)]));
}

/** Keys that may sign a bundle: those of the enrolment, and those that their trust list has named since. */
async function keysFor(of: Device, before: Bundle | null): Promise<PublicKey[]> {
  const later = (before?.trust.entries ?? []).filter((entry) => !entry.revoked).map((entry) => entry.key);
  return [...(await anchorKeys(of)), ...later];
}

async function readContent(of: Device, content: Content): Promise<Bundle> {
  try {
    const trust = await readTrust(content.trust, await anchorKeys(of), content.issued);
    return { ...content, trust, revoked: new Set([...content.revoked, ...trust.revoked]), held: new Set(content.held) };
  } catch (error) {
    throw error instanceof InvalidInput ? new BundleRefused(error.code) : error;
  }
}

/** The bundle on the disk, verified again; null when there is none or it can't be believed. */
export async function load(of: Device): Promise<Bundle | null> {
  const envelope = await read<Envelope>("state", "bundle");
  return envelope ? readKept(of, envelope).catch(() => null) : null;
}

/** Ask the province for a newer one. */
export async function refresh(of: Device, have: Bundle | null, told: { app: string; waiting: number }): Promise<{ what: Fetched; bundle: Bundle | null }> {
  const reply = await call(of, "/api/edge/bundle", { have: have?.version ?? "", ...told }, clock.now);
  if (reply === null || reply.status === 429 || reply.status >= 500) return { what: "offline", bundle: have };
  if (reply.status === 403) {
    await setRevoked(true);
    return { what: "revoked", bundle: have };
  }
  if (reply.status === 204) {
    if (reply.date !== null) await clock.trust(reply.date);
    return { what: "same", bundle: have };
  }
  if (reply.status === 410) return { what: "over", bundle: have };
  if (reply.status !== 200) return { what: "refused", bundle: have };
  try {
    const bundle = await take(of, reply.body as unknown as Envelope);
    await clock.trust(bundle.issued);
    return { what: "new", bundle };
  } catch (error) {
    if (!(error instanceof BundleRefused)) throw error;
    return { what: "refused", bundle: have };
  }
}
