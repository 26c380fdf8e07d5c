/**
 * What this device keeps. Everything that says something of a person is sealed with an AES key that never leaves the browser; keys can
 * be used but not read out. A key lies twice, so that one damaged record costs nothing; where both are gone a new one is made, and the
 * pages say what that means. Shared with the service worker.
 */
import { type Bytes, concat, utf8 } from "../kernel/codes/bytes";
import { newPair, rawOf, sign, verify } from "../kernel/codes/cose";
import { STORES, type Store, close, diskFull, forgetMemory, getRaw, hold, keysOf, putRaw, remove } from "./store";

export { MIGRATIONS, STORES, type Store, getRaw, keysOf, migrate, persistent, putRaw, remove } from "./store";

/** holder: the phone has a new key · rows: what lay sealed can't be opened any more · disk: something is in memory only. */
export type Loss = "holder" | "rows" | "disk";
const lost = new Set<Loss>();

/** What went wrong on this device since the page was opened. */
export function losses(): ReadonlySet<Loss> {
  if (diskFull()) lost.add("disk");
  return lost;
}

/** Close, so that tests start afresh. */
export async function forgetOpened(): Promise<void> {
  await close();
  lost.clear();
  making.clear();
}

function hasCrypto(): boolean {
  return typeof crypto !== "undefined" && crypto.subtle !== undefined;
}

// Keys

type KeyName = "seal" | "holder";
const making = new Map<KeyName, Promise<unknown>>();

function copies(name: KeyName): readonly [Store, string][] {
  return [["keys", name], ["bundles", `spare:${name}`]]; // prettier-ignore
}

interface Found<T> {
  readonly good: T[];
  readonly bad: number;
}

/** The copies of a key that can be used, and how many lie there that can't. A missing or damaged copy is made from the other. */
async function usable<T>(name: KeyName, works: (key: T) => Promise<boolean>): Promise<Found<T>> {
  const lying = await Promise.all(copies(name).map(([store, key]) => getRaw<T>(store, key)));
  const works_ = await Promise.all(lying.map((key) => (key ? works(key).catch(() => false) : false)));
  const good = lying.filter((_key, at) => works_[at]) as T[];
  const whole = good[0];
  if (whole) await Promise.all(copies(name).map(([store, key], at) => (works_[at] ? null : putRaw(store, key, whole))));
  return { good, bad: lying.filter((key, at) => key !== undefined && !works_[at]).length };
}

async function keepTwice(name: KeyName, made: unknown): Promise<void> {
  for (const [store, key] of copies(name)) await putRaw(store, key, made);
}

/** Two that ask at once get the same key. */
function once<T>(name: KeyName, make: () => Promise<T>): Promise<T> {
  const running = making.get(name) as Promise<T> | undefined;
  if (running) return running;
  const started = make().finally(() => making.delete(name));
  making.set(name, started);
  return started;
}

// Sealing

interface Sealed {
  readonly iv: Bytes;
  readonly data: ArrayBuffer;
}

const IV = new Uint8Array(12);

async function seals(key: CryptoKey): Promise<boolean> {
  const algorithm = { name: "AES-GCM", iv: IV };
  const data = await crypto.subtle.encrypt(algorithm, key, IV);
  return (await crypto.subtle.decrypt(algorithm, key, data)).byteLength === IV.length;
}

/** The keys that rows may lie sealed under, the one for new rows first; empty where WebCrypto is missing. */
function sealingKeys(): Promise<CryptoKey[]> {
  return hasCrypto() ? once("seal", findOrMakeSeal) : Promise.resolve([]);
}

async function findOrMakeSeal(): Promise<CryptoKey[]> {
  const { good } = await usable<CryptoKey>("seal", seals);
  if (good.length > 0) return good;
  if (await anySealed()) lost.add("rows");
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  await keepTwice("seal", made);
  return [made];
}

/** What can't be opened stays where it is: "delete everything" takes it away. */
async function anySealed(): Promise<boolean> {
  const stores: Store[] = ["drafts", "people", "queue", "kept", "visits"];
  return (await Promise.all(stores.map((store) => keysOf(store)))).some((keys) => keys.length > 0);
}

/** Where a row lies is bound in, so that it can't be moved to another place. */
function place(store: Store, key: string): Bytes {
  return utf8(`${store}/${key}`);
}

/** Keep a value sealed. Without WebCrypto (a page that isn't secure) nothing of a person is written to disk: only to memory. */
export async function put(store: Store, key: string, value: unknown): Promise<void> {
  const [sealing] = await sealingKeys();
  if (sealing === undefined) return hold(store, key, value);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const algorithm = { name: "AES-GCM", iv, additionalData: place(store, key) };
  const data = await crypto.subtle.encrypt(algorithm, sealing, utf8(JSON.stringify(value)));
  await putRaw(store, key, { iv, data } satisfies Sealed);
}

/** A kept value; undefined when there is none, or when it can't be opened. */
export async function get<T>(store: Store, key: string): Promise<T | undefined> {
  return open<T>(await sealingKeys(), store, key);
}

async function open<T>(keys: readonly CryptoKey[], store: Store, key: string): Promise<T | undefined> {
  const row = await getRaw<Sealed>(store, key);
  if (keys.length === 0) return row as T | undefined;
  for (const sealing of row ? keys : []) {
    try {
      const algorithm = { name: "AES-GCM", iv: row!.iv, additionalData: place(store, key) };
      const data = await crypto.subtle.decrypt(algorithm, sealing, row!.data);
      return JSON.parse(new TextDecoder().decode(data)) as T;
    } catch {
      // damaged, or sealed by a key that this browser has thrown away
    }
  }
  return undefined;
}

export async function all<T>(store: Store): Promise<T[]> {
  const sealing = await sealingKeys();
  const rows = await Promise.all((await keysOf(store)).map((key) => open<T>(sealing, store, key)));
  return rows.filter((row) => row !== undefined);
}

/** Everything on this device, keys included. */
export async function forgetEverything(): Promise<void> {
  for (const store of STORES) for (const key of await keysOf(store)) await remove(store, key);
  forgetMemory();
  lost.clear();
}

// The holder's key

export interface Holder {
  readonly raw: Bytes;
  readonly secret: CryptoKey;
}

async function signs(pair: CryptoKeyPair): Promise<boolean> {
  return verify(pair.publicKey, await sign(pair.privateKey, IV), IV);
}

/** This device's own key pair, made once, and anew where it can't be used; null where WebCrypto is missing. */
export async function holder(): Promise<Holder | null> {
  return hasCrypto() ? once("holder", findOrMakeHolder) : null;
}

async function findOrMakeHolder(): Promise<Holder> {
  const { good, bad } = await usable<CryptoKeyPair>("holder", signs);
  const pair = good[0] ?? (await newPair());
  if (bad > 0 && good.length === 0) lost.add("holder");
  if (good.length === 0) await keepTwice("holder", pair);
  return { raw: concat(await rawOf(pair.publicKey)), secret: pair.privateKey };
}
