/**
 * What this device keeps, in IndexedDB. Everything that says something of a person is sealed with an AES key that never
 * leaves the browser; keys can be used but not read out. Shared with the service worker. Where there is no storage (some in-app
 * browsers, private windows) the same store lives in memory until the page is closed.
 */
import { type Bytes, concat, utf8 } from "../kernel/codes/bytes";
import { newPair, rawOf } from "../kernel/codes/cose";

const NAME = "lachan";
const VERSION = 1;
export const STORES = ["keys", "drafts", "people", "queue", "kept", "bundles"] as const;
export type Store = (typeof STORES)[number];

/** Steps from one version to the next; a phone may come from any of them. */
export const MIGRATIONS: readonly ((database: IDBDatabase) => void)[] = [
  (database) => STORES.forEach((store) => database.createObjectStore(store)),
];

let opened: Promise<IDBDatabase | null> | null = null;
const memory = new Map<string, unknown>();

export function migrate(database: IDBDatabase, from: number): void {
  MIGRATIONS.slice(from).forEach((step) => step(database));
}

function open(): Promise<IDBDatabase | null> {
  opened ??= new Promise((resolve) => {
    try {
      const request = indexedDB.open(NAME, VERSION);
      request.onupgradeneeded = (event) => migrate(request.result, event.oldVersion);
      request.onsuccess = () => {
        request.result.onversionchange = () => request.result.close();
        resolve(request.result);
      };
      request.onerror = request.onblocked = () => resolve(null);
    } catch {
      resolve(null); // storage switched off
    }
  });
  return opened;
}

/** Close, so that tests and "delete everything" start afresh. */
export async function forgetOpened(): Promise<void> {
  (await open())?.close();
  opened = null;
  memory.clear();
}

export async function persistent(): Promise<boolean> {
  return (await open()) !== null;
}

async function run<T>(store: Store, mode: IDBTransactionMode, act: (rows: IDBObjectStore) => IDBRequest<T>): Promise<T | undefined> {
  const database = await open();
  if (database === null) return undefined;
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(store, mode);
    const request = act(transaction.objectStore(store));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error ?? new Error("storage"));
  });
}

export async function getRaw<T>(store: Store, key: string): Promise<T | undefined> {
  if (!(await persistent())) return memory.get(`${store}/${key}`) as T | undefined;
  return run<T>(store, "readonly", (rows) => rows.get(key) as IDBRequest<T>);
}

export async function putRaw(store: Store, key: string, value: unknown): Promise<void> {
  if (await persistent()) await run(store, "readwrite", (rows) => rows.put(value, key));
  else memory.set(`${store}/${key}`, value);
}

export async function remove(store: Store, key: string): Promise<void> {
  if (await persistent()) await run(store, "readwrite", (rows) => rows.delete(key));
  memory.delete(`${store}/${key}`);
}

export async function keysOf(store: Store): Promise<string[]> {
  if (await persistent()) return ((await run(store, "readonly", (rows) => rows.getAllKeys())) ?? []).map(String);
  return [...memory.keys()].filter((key) => key.startsWith(`${store}/`)).map((key) => key.slice(store.length + 1));
}

// Sealing

interface Sealed {
  readonly iv: Bytes;
  readonly data: ArrayBuffer;
}

function hasCrypto(): boolean {
  return typeof crypto !== "undefined" && crypto.subtle !== undefined;
}

async function sealingKey(): Promise<CryptoKey | null> {
  if (!hasCrypto()) return null;
  const found = await getRaw<CryptoKey>("keys", "seal");
  if (found) return found;
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  await putRaw("keys", "seal", made);
  return made;
}

/** Where a row lies is bound in, so that it can't be moved to another place. */
function place(store: Store, key: string): Bytes {
  return utf8(`${store}/${key}`);
}

/** Keep a value sealed. Without WebCrypto (a page that isn't secure) nothing of a person is written to disk: only to memory. */
export async function put(store: Store, key: string, value: unknown): Promise<void> {
  const sealing = await sealingKey();
  if (sealing === null) {
    memory.set(`${store}/${key}`, value);
    return;
  }
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const algorithm = { name: "AES-GCM", iv, additionalData: place(store, key) };
  const data = await crypto.subtle.encrypt(algorithm, sealing, utf8(JSON.stringify(value)));
  await putRaw(store, key, { iv, data } satisfies Sealed);
}

/** A kept value; undefined when there is none, or when it can't be opened. */
export async function get<T>(store: Store, key: string): Promise<T | undefined> {
  const sealing = await sealingKey();
  if (sealing === null) return memory.get(`${store}/${key}`) as T | undefined;
  const row = await getRaw<Sealed>(store, key);
  if (!row) return undefined;
  try {
    const algorithm = { name: "AES-GCM", iv: row.iv, additionalData: place(store, key) };
    const data = await crypto.subtle.decrypt(algorithm, sealing, row.data);
    return JSON.parse(new TextDecoder().decode(data)) as T;
  } catch {
    return undefined; // sealed by a key that this browser has thrown away
  }
}

export async function all<T>(store: Store): Promise<T[]> {
  const keys = hasCrypto()
    ? await keysOf(store)
    : [...memory.keys()].filter((key) => key.startsWith(`${store}/`)).map((key) => key.slice(store.length + 1));
  const rows = await Promise.all(keys.map((key) => get<T>(store, key)));
  return rows.filter((row) => row !== undefined);
}

/** Everything on this device, keys included. */
export async function forgetEverything(): Promise<void> {
  for (const store of STORES) for (const key of await keysOf(store)) await remove(store, key);
  memory.clear();
}

// The holder's key

export interface Holder {
  readonly raw: Bytes;
  readonly secret: CryptoKey;
}

/** This device's own key pair, made once; null where WebCrypto is missing. */
export async function holder(): Promise<Holder | null> {
  if (!hasCrypto()) return null;
  const found = await getRaw<CryptoKeyPair>("keys", "holder");
  const pair = found ?? (await newPair());
  if (!found) await putRaw("keys", "holder", pair);
  return { raw: concat(await rawOf(pair.publicKey)), secret: pair.privateKey };
}
