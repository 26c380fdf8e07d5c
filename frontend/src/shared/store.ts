/**
 * Rows of this device in IndexedDB, by store and key; the service worker reads the same. Where there is no storage (some in-app
 * browsers, private windows), or it takes nothing more, the same rows live in memory until the page is closed. Storage that was half
 * wiped is mended in place: what is still there stays.
 */
const NAME = "lachan";
export const STORES = ["keys", "drafts", "people", "queue", "kept", "bundles", "visits"] as const;
export type Store = (typeof STORES)[number];

/** Steps from one version to the next; a phone may come from any of them. */
export const MIGRATIONS: readonly ((database: IDBDatabase) => void)[] = [
  (database) => ["keys", "drafts", "people", "queue", "kept", "bundles"].forEach((store) => database.createObjectStore(store)),
  (database) => database.createObjectStore("visits"),
];
const VERSION = MIGRATIONS.length;

let opened: Promise<IDBDatabase | null> | null = null;
let full = false;
const memory = new Map<string, unknown>();

export function migrate(database: IDBDatabase, from: number): void {
  MIGRATIONS.slice(from).forEach((step) => step(database));
}

/** A database without some of its stores: they are made, empty. */
function mend(database: IDBDatabase): void {
  for (const store of STORES) if (!database.objectStoreNames.contains(store)) database.createObjectStore(store);
}

function open(): Promise<IDBDatabase | null> {
  opened ??= found();
  return opened;
}

/** Never throws: null means that there is no storage to be had. */
async function found(): Promise<IDBDatabase | null> {
  let database = await opening(VERSION, migrate);
  if (database === "newer") database = await opening(undefined, mend);
  if (database && database !== "newer" && STORES.some((store) => !(database as IDBDatabase).objectStoreNames.contains(store))) {
    const next = database.version + 1;
    database.close();
    database = await opening(next, mend);
  }
  return database === "newer" ? null : database;
}

function opening(version: number | undefined, upgrade: (database: IDBDatabase, from: number) => void): Promise<IDBDatabase | "newer" | null> {
  return new Promise((resolve) => {
    try {
      const request = indexedDB.open(NAME, version);
      request.onupgradeneeded = (event) => upgrade(request.result, event.oldVersion);
      request.onsuccess = () => resolve(watched(request.result));
      request.onerror = () => resolve(request.error?.name === "VersionError" ? "newer" : null);
      request.onblocked = () => resolve(null);
    } catch {
      resolve(null); // storage switched off
    }
  });
}

/** A connection that goes, for another tab's update or because the browser cleared the site, is opened anew when next needed. */
function watched(database: IDBDatabase): IDBDatabase {
  const gone = (): void => {
    database.close();
    opened = null;
  };
  database.onversionchange = gone;
  database.onclose = gone;
  return database;
}

/** Close, so that tests and "delete everything" start afresh. */
export async function close(): Promise<void> {
  (await open())?.close();
  opened = null;
  full = false;
  memory.clear();
}

export async function persistent(): Promise<boolean> {
  return (await open()) !== null;
}

/** Whether something had to stay in memory because the disk didn't take it. */
export function diskFull(): boolean {
  return full;
}

async function run<T>(store: Store, mode: IDBTransactionMode, act: (rows: IDBObjectStore) => IDBRequest<T>): Promise<T | undefined> {
  try {
    return await attempt(store, mode, act);
  } catch (error) {
    if ((error as { name?: string } | null)?.name !== "InvalidStateError") throw error;
    opened = null; // the connection was closed under us
    return attempt(store, mode, act);
  }
}

async function attempt<T>(store: Store, mode: IDBTransactionMode, act: (rows: IDBObjectStore) => IDBRequest<T>): Promise<T | undefined> {
  const database = await open();
  if (database === null) return undefined;
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(store, mode);
    const request = act(transaction.objectStore(store));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error ?? new Error("storage"));
  });
}

/** A row; undefined where there is none, or where the disk can't give it. */
export async function getRaw<T>(store: Store, key: string): Promise<T | undefined> {
  const held = memory.get(`${store}/${key}`);
  if (held !== undefined) return held as T;
  return run<T>(store, "readonly", (rows) => rows.get(key) as IDBRequest<T>).catch(() => undefined);
}

/** Keep a row: on the disk, or in memory where the disk refuses. Nothing of a person may come here unsealed. */
export async function putRaw(store: Store, key: string, value: unknown): Promise<void> {
  try {
    if (!(await persistent())) return hold(store, key, value);
    await run(store, "readwrite", (rows) => rows.put(value, key));
    memory.delete(`${store}/${key}`);
  } catch {
    full = true;
    hold(store, key, value);
  }
}

/** Keep a row in memory only. */
export function hold(store: Store, key: string, value: unknown): void {
  memory.set(`${store}/${key}`, value);
}

export async function remove(store: Store, key: string): Promise<void> {
  memory.delete(`${store}/${key}`);
  await run(store, "readwrite", (rows) => rows.delete(key)).catch(() => undefined);
}

export async function keysOf(store: Store): Promise<string[]> {
  const lying = ((await run(store, "readonly", (rows) => rows.getAllKeys()).catch(() => undefined)) ?? []).map(String);
  const held = [...memory.keys()].filter((key) => key.startsWith(`${store}/`)).map((key) => key.slice(store.length + 1));
  return [...new Set([...lying, ...held])];
}

export function forgetMemory(): void {
  memory.clear();
}
