/**
 * What the scanner keeps, in an IndexedDB of its own that no app update and no "delete everything" of the citizen's pages touches.
 * Nothing here falls back to memory: a scan that can't be stored is not a scan, and the officer is told. What says something of a
 * person is sealed with an AES key that can be used by this browser but not read out.
 */
import { type Bytes, utf8 } from "../../kernel/codes/bytes";

const NAME = "lachan-gate";
export const STORES = ["keys", "state", "entries", "drafts", "seen", "declarations"] as const;
export type Store = (typeof STORES)[number];

export interface Sealed {
  readonly iv: Bytes;
  readonly data: ArrayBuffer;
}

/** The disk refuses: full, switched off, or broken. */
export class StorageBroken extends Error {
  readonly full: boolean;

  constructor(cause: unknown) {
    const name = (cause as { name?: string } | null)?.name ?? "";
    super(`storage: ${name || String(cause)}`);
    this.name = "StorageBroken";
    this.full = name === "QuotaExceededError";
  }
}

/** Steps from one version to the next; what waits to be sent stays through all of them. */
export const MIGRATIONS: readonly ((database: IDBDatabase) => void)[] = [
  (database) => {
    for (const store of ["keys", "state", "drafts", "seen", "declarations"]) database.createObjectStore(store);
    const entries = database.createObjectStore("entries", { keyPath: ["log", "seq"] });
    entries.createIndex("id", "id", { unique: true });
    entries.createIndex("acked", "acked");
  },
];

let opened: Promise<IDBDatabase> | null = null;

function open(): Promise<IDBDatabase> {
  opened ??= new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(NAME, MIGRATIONS.length);
    request.onupgradeneeded = (event) => MIGRATIONS.slice(event.oldVersion).forEach((step) => step(request.result));
    request.onsuccess = () => {
      const database = request.result;
      database.onversionchange = () => database.close();
      database.onclose = () => (opened = null);
      resolve(database);
    };
    request.onerror = () => reject(new StorageBroken(request.error));
    request.onblocked = () => reject(new StorageBroken("blocked"));
  }).catch((error: unknown) => {
    opened = null; // the next try may find room
    throw error instanceof StorageBroken ? error : new StorageBroken(error);
  });
  return opened;
}

/** Close, so that tests start afresh. */
export async function close(): Promise<void> {
  (await opened?.catch(() => null))?.close();
  opened = null;
}

export function asked<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("request"));
  });
}

export type Stores = (name: Store) => IDBObjectStore;

/**
 * All of it or nothing: gives what `act` gives once everything is on the disk (not merely handed to the system). `act` may wait
 * for requests of this transaction and for nothing else; when it throws, nothing was written. Throws StorageBroken.
 */
export async function within<T>(names: readonly Store[], mode: "readonly" | "readwrite", act: (stores: Stores) => Promise<T>): Promise<T> {
  const database = await open();
  let transaction: IDBTransaction;
  try {
    transaction = database.transaction(names as Store[], mode, { durability: "strict" });
  } catch (error) {
    opened = null; // closed under us by a newer version of the page
    throw new StorageBroken(error);
  }
  const finished = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error("aborted"));
  });
  finished.catch(() => undefined);
  let value: T;
  try {
    value = await act((name) => transaction.objectStore(name));
  } catch (error) {
    try {
      transaction.abort();
    } catch {
      // already over
    }
    throw error instanceof DOMException ? new StorageBroken(error) : error;
  }
  await finished.catch((error: unknown) => {
    throw new StorageBroken(error);
  });
  return value;
}

export function read<T>(store: Store, key: IDBValidKey): Promise<T | undefined> {
  return within([store], "readonly", (stores) => asked(stores(store).get(key) as IDBRequest<T | undefined>));
}

export async function write(store: Store, key: string, value: unknown): Promise<void> {
  await within([store], "readwrite", (stores) => asked(stores(store).put(value, key)));
}

export async function drop(store: Store, key: IDBValidKey): Promise<void> {
  await within([store], "readwrite", (stores) => asked(stores(store).delete(key)));
}

// Sealing

let sealing: Promise<CryptoKey> | null = null;

function sealingKey(): Promise<CryptoKey> {
  sealing ??= keyOnDisk().catch((error: unknown) => {
    sealing = null;
    throw error;
  });
  return sealing;
}

/** Two tabs may come here at once: the first one's key stays. */
async function keyOnDisk(): Promise<CryptoKey> {
  const found = await read<CryptoKey>("keys", "seal");
  if (found) return found;
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  return within(["keys"], "readwrite", async (stores) => {
    const other = await asked(stores("keys").get("seal") as IDBRequest<CryptoKey | undefined>);
    if (!other) await asked(stores("keys").put(made, "seal"));
    return other ?? made;
  });
}

/** For tests: another browser. */
export function forgetSealing(): void {
  sealing = null;
}

/** Seal a text; where it lies is bound in, so that it can't be moved to another place. */
export async function seal(place: string, text: string): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: utf8(place) }, await sealingKey(), utf8(text));
  return { iv, data };
}

/** Throws when the text was sealed elsewhere or changed. */
export async function unseal(place: string, sealed: Sealed): Promise<string> {
  const data = await crypto.subtle.decrypt({ name: "AES-GCM", iv: sealed.iv, additionalData: utf8(place) }, await sealingKey(), sealed.data);
  return new TextDecoder().decode(data);
}

export async function keep(store: Store, key: string, value: unknown): Promise<void> {
  await write(store, key, await seal(`${store}/${key}`, JSON.stringify(value)));
}

export async function kept<T>(store: Store, key: string): Promise<T | undefined> {
  const row = await read<Sealed>(store, key);
  return row && (JSON.parse(await unseal(`${store}/${key}`, row)) as T);
}

export function keys(store: Store): Promise<string[]> {
  return within([store], "readonly", async (stores) => (await asked(stores(store).getAllKeys())).map(String));
}
