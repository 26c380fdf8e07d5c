/** What a signed code says: one kind of claims each, from its map of integer keys; as `lachan.kernel.codes.claims`. */

import { uuidBytes, uuidText } from "../ids";
import { type Bytes, type Cbor, Malformed, utf8 } from "./bytes";
import { type PublicKey, publicKey } from "./cose";

const KIND = 0, EXPIRES = 4, NOT_BEFORE = 5, ISSUED = 6, SERIAL = 7, HOLDER = 8; // prettier-ignore
const PLACE = 9, NAME = 10, UNIT = 11, SEED = 12, DAY = 13, DECISION = 14, FORM = 15, DIGEST = 16, BODY = 17, STARTS = 18, ENDS = 19, PSEUDONYM = 22; // prettier-ignore
const MUST_UNDERSTAND = 64;
const MOST_BODY = 1500;
const VIETNAM = 7 * 3600;
export const PURPOSES: Record<string, number> = { venue: 1, person: 2, card: 3, form: 4, appointment: 5 };

interface Common {
  readonly begins: number;
  readonly expires: number | null;
  readonly serials: readonly Bytes[];
}
export interface Venue extends Common {
  readonly kind: "venue";
  readonly place: string;
  readonly name: string;
  readonly unit: string;
  readonly seed: Bytes;
  readonly day: number;
}
export interface Person extends Common {
  readonly kind: "person";
  readonly decision: string;
  readonly holder: PublicKey | null;
}
export interface Card extends Common {
  readonly kind: "card";
}
export interface Paper extends Common {
  readonly kind: "form";
  readonly form: string;
}
/** A booked hour at a place; never what for. */
export interface Appointment extends Common {
  readonly kind: "appointment";
  readonly pseudonym: Bytes;
  readonly place: string;
  readonly name: string;
  readonly unit: string;
  readonly starts: number;
  readonly ends: number;
  readonly expires: number;
}
export interface HolderClaim extends Common {
  readonly kind: "claim";
  readonly holder: PublicKey;
  readonly digest: Bytes | null;
  readonly body: Bytes | null;
  readonly place: string | null;
}
/** Times are whole seconds since 1970, UTC. */
export type Claims = Venue | Person | Card | Paper | Appointment | HolderClaim;

class Fields {
  private readonly left: Map<number, Cbor>;

  constructor(map: ReadonlyMap<number, Cbor>) {
    this.left = new Map(map);
    this.left.delete(KIND);
  }

  has(key: number): boolean {
    return this.left.has(key);
  }

  data(key: number, low: number, high = low): Bytes {
    const value = this.take(key);
    if (!(value instanceof Uint8Array) || value.length < low || value.length > high) throw new Malformed(`key ${key}`);
    return value;
  }

  text(key: number, most: number): string {
    const value = this.take(key);
    const size = typeof value === "string" ? utf8(value).length : 0;
    if (size < 1 || size > most) throw new Malformed(`key ${key}`);
    return value as string;
  }

  number(key: number): number {
    const value = this.take(key);
    if (typeof value !== "number" || value >= 2 ** 32) throw new Malformed(`key ${key}`);
    return value;
  }

  optional(key: number): number | null {
    return this.has(key) ? this.number(key) : null;
  }

  done(): void {
    for (const key of this.left.keys()) if (key < MUST_UNDERSTAND) throw new Malformed("must be understood");
  }

  private take(key: number): Cbor | undefined {
    const value = this.left.get(key);
    this.left.delete(key);
    return value;
  }
}

const READERS: Record<number, (fields: Fields) => Claims | Promise<Claims>> = {
  1: venue,
  2: person,
  3: card,
  4: paper,
  5: appointment,
  6: holderClaim,
};

/** The claims of a decoded map; throws Malformed. */
export async function claimsOf(value: Cbor): Promise<Claims> {
  if (!(value instanceof Map)) throw new Malformed("not a map");
  const kind = value.get(KIND);
  const read = typeof kind === "number" ? READERS[kind] : undefined;
  if (read === undefined) throw new Malformed("unknown kind");
  const fields = new Fields(value);
  const claims = await read(fields);
  fields.done();
  return claims;
}

function venue(fields: Fields): Claims {
  const place = fields.data(PLACE, 16);
  const seed = fields.data(SEED, 16);
  const day = fields.number(DAY);
  if (day > 2932896) throw new Malformed("day"); // the last one of the year 9999
  return {
    kind: "venue",
    place: uuidText(place),
    name: fields.text(NAME, 300),
    unit: fields.text(UNIT, 64),
    seed,
    day,
    begins: day * 86400 - VIETNAM,
    expires: fields.optional(EXPIRES),
    serials: [seed, place],
  };
}

function serial(fields: Fields): Pick<Common, "serials" | "begins"> {
  return { serials: [fields.data(SERIAL, 16)], begins: fields.number(ISSUED) };
}

async function person(fields: Fields): Promise<Claims> {
  return {
    kind: "person",
    ...serial(fields),
    decision: fields.text(DECISION, 64),
    expires: fields.number(EXPIRES),
    holder: fields.has(HOLDER) ? await publicKey(fields.data(HOLDER, 64)) : null,
  };
}

function card(fields: Fields): Claims {
  return { kind: "card", ...serial(fields), expires: fields.optional(EXPIRES) };
}

function paper(fields: Fields): Claims {
  return { kind: "form", ...serial(fields), form: fields.text(FORM, 64), expires: fields.optional(EXPIRES) };
}

function appointment(fields: Fields): Claims {
  const found = {
    kind: "appointment", serials: [fields.data(SERIAL, 16)], pseudonym: fields.data(PSEUDONYM, 16), place: uuidText(fields.data(PLACE, 16)),
    name: fields.text(NAME, 300), unit: fields.text(UNIT, 64), starts: fields.number(STARTS), ends: fields.number(ENDS),
    begins: fields.number(NOT_BEFORE), expires: fields.number(EXPIRES),
  } as const; // prettier-ignore
  if (found.begins > found.starts || found.starts >= found.ends || found.ends > found.expires) throw new Malformed("hours out of order");
  return found;
}

/** Where a moment (Unix seconds) stands to the booked hour. */
export function stands({ starts, ends }: Appointment, now: number): "before" | "now" | "after" {
  if (now < starts) return "before";
  return now < ends ? "now" : "after";
}

async function holderClaim(fields: Fields): Promise<Claims> {
  if (fields.has(DIGEST) === fields.has(BODY)) throw new Malformed("one of digest and body");
  return {
    kind: "claim",
    ...serial(fields),
    holder: await publicKey(fields.data(HOLDER, 64)),
    digest: fields.has(DIGEST) ? fields.data(DIGEST, 32) : null,
    body: fields.has(BODY) ? fields.data(BODY, 1, MOST_BODY) : null,
    place: fields.has(PLACE) ? uuidText(fields.data(PLACE, 16)) : null,
    expires: fields.optional(EXPIRES),
  };
}

export interface ClaimToSign {
  readonly serial: Bytes;
  readonly holder: Bytes;
  readonly issued: number;
  readonly expires: number;
  /** The place's id where the phone knows it. */
  readonly place: string | null;
  readonly said: { readonly body: Bytes } | { readonly digest: Bytes };
}

/** The map of a phone's own claim. */
export function claimMap(claim: ClaimToSign): Map<number, Cbor> {
  const map = new Map<number, Cbor>([
    [KIND, 6],
    [EXPIRES, claim.expires],
    [ISSUED, claim.issued],
    [SERIAL, claim.serial],
    [HOLDER, claim.holder],
  ]);
  if (claim.place !== null) map.set(PLACE, uuidBytes(claim.place));
  if ("body" in claim.said) map.set(BODY, claim.said.body);
  else map.set(DIGEST, claim.said.digest);
  return map;
}

export { MOST_BODY };
