/**
 * An IndexedDB of one part of the product, which no "delete everything" of another part touches. Nothing here falls back to memory: what
 * can't be stored isn't done, and the user is told. What says something of a person is sealed with an AES key that can be used by this
 * browser but not read out.
 */
import { type Bytes, utf8 } from "../kernel/codes/bytes";

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

export function asked<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("request"));
  });
}

export type StoresOf<Store extends string> = (name: Store) => IDBObjectStore;

/** `migrations`: steps from one version to the next; what waits to be sent stays through all of them. One store is called "keys". */
export class Vault<Store extends string> {
  private opened: Promise<IDBDatabase> | null = null;
  private sealing: Promise<CryptoKey> | null = null;

  constructor(
    private readonly name: string,
    private readonly migrations: readonly ((database: IDBDatabase) => void)[],
  ) {}

  private open(): Promise<IDBDatabase> {
    this.opened ??= new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(this.name, this.migrations.length);
      request.onupgradeneeded = (event) => this.migrations.slice(event.oldVersion).forEach((step) => step(request.result));
      request.onsuccess = () => {
        const database = request.result;
        database.onversionchange = () => database.close();
        database.onclose = () => (this.opened = null);
        resolve(database);
      };
      request.onerror = () => reject(new StorageBroken(request.error));
      request.onblocked = () => reject(new StorageBroken("blocked"));
    }).catch((error: unknown) => {
      this.opened = null; // the next try may find room
      throw error instanceof StorageBroken ? error : new StorageBroken(error);
    });
    return this.opened;
  }

  /** Close, so that tests start afresh. */
  async close(): Promise<void> {
    (await this.opened?.catch(() => null))?.close();
    this.opened = null;
  }

  /**
   * All of it or nothing: gives what `act` gives once everything is on the disk (not merely handed to the system). `act` may wait
   * for requests of this transaction and for nothing else; when it throws, nothing was written. Throws StorageBroken.
   */
  async within<T>(names: readonly Store[], mode: "readonly" | "readwrite", act: (stores: StoresOf<Store>) => Promise<T>): Promise<T> {
    const database = await this.open();
    let transaction: IDBTransaction;
    try {
      transaction = database.transaction(names as Store[], mode, { durability: "strict" });
    } catch (error) {
      this.opened = null; // closed under us by a newer version of the page
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

  read<T>(store: Store, key: IDBValidKey): Promise<T | undefined> {
    return this.within([store], "readonly", (stores) => asked(stores(store).get(key) as IDBRequest<T | undefined>));
  }

  async write(store: Store, key: string, value: unknown): Promise<void> {
    await this.within([store], "readwrite", (stores) => asked(stores(store).put(value, key)));
  }

  async drop(store: Store, key: IDBValidKey): Promise<void> {
    await this.within([store], "readwrite", (stores) => asked(stores(store).delete(key)));
  }

  // Sealing

  private sealingKey(): Promise<CryptoKey> {
    this.sealing ??= this.keyOnDisk().catch((error: unknown) => {
      this.sealing = null;
      throw error;
    });
    return this.sealing;
  }

  /** Two tabs may come here at once: the first one's key stays. */
  private async keyOnDisk(): Promise<CryptoKey> {
    const keys = "keys" as Store;
    const found = await this.read<CryptoKey>(keys, "seal");
    if (found) return found;
    const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    return this.within([keys], "readwrite", async (stores) => {
      const other = await asked(stores(keys).get("seal") as IDBRequest<CryptoKey | undefined>);
      if (!other) await asked(stores(keys).put(made, "seal"));
      return other ?? made;
    });
  }

  /** The key that was in use is asked of the disk anew. */
  forgetSealing(): void {
    this.sealing = null;
  }

  /** Seal a text; where it lies is bound in, so that it can't be moved to another place. */
  async seal(place: string, text: string): Promise<Sealed> {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: utf8(place) }, await this.sealingKey(), utf8(text));
    return { iv, data };
  }

  /** Throws when the text was sealed elsewhere or changed. */
  async unseal(place: string, sealed: Sealed): Promise<string> {
    const data = await crypto.subtle.decrypt({ name: "AES-GCM", iv: sealed.iv, additionalData: utf8(place) }, await this.sealingKey(), sealed.data);
    return new TextDecoder().decode(data);
  }

  async keep(store: Store, key: string, value: unknown): Promise<void> {
    await this.write(store, key, await this.seal(`${store}/${key}`, JSON.stringify(value)));
  }

  async kept<T>(store: Store, key: string): Promise<T | undefined> {
    const row = await this.read<Sealed>(store, key);
    return row && (JSON.parse(await this.unseal(`${store}/${key}`, row)) as T);
  }

  keys(store: Store): Promise<string[]> {
    return this.within([store], "readonly", async (stores) => (await asked(stores(store).getAllKeys())).map(String));
  }
}
