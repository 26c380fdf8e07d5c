/** What the scanner keeps, in an IndexedDB of its own that no app update and no "delete everything" of the citizen's pages touches. */
import { type Sealed, type StoresOf, Vault } from "../../shared/vault";

export { type Sealed, StorageBroken, asked } from "../../shared/vault";

export const STORES = ["keys", "state", "entries", "drafts", "seen", "declarations"] as const;
export type Store = (typeof STORES)[number];
export type Stores = StoresOf<Store>;

/** Steps from one version to the next; what waits to be sent stays through all of them. */
export const MIGRATIONS: readonly ((database: IDBDatabase) => void)[] = [
  (database) => {
    for (const store of ["keys", "state", "drafts", "seen", "declarations"]) database.createObjectStore(store);
    const entries = database.createObjectStore("entries", { keyPath: ["log", "seq"] });
    entries.createIndex("id", "id", { unique: true });
    entries.createIndex("acked", "acked");
  },
];

const vault = new Vault<Store>("lachan-gate", MIGRATIONS);

/** Close, so that tests start afresh. */
export const close = (): Promise<void> => vault.close();
/** As Vault.within. */
export const within = <T>(names: readonly Store[], mode: "readonly" | "readwrite", act: (stores: Stores) => Promise<T>): Promise<T> => vault.within(names, mode, act);
export const read = <T>(store: Store, key: IDBValidKey): Promise<T | undefined> => vault.read<T>(store, key);
export const write = (store: Store, key: string, value: unknown): Promise<void> => vault.write(store, key, value);
export const drop = (store: Store, key: IDBValidKey): Promise<void> => vault.drop(store, key);
/** For tests: another browser. */
export const forgetSealing = (): void => vault.forgetSealing();
export const seal = (place: string, text: string): Promise<Sealed> => vault.seal(place, text);
export const unseal = (place: string, sealed: Sealed): Promise<string> => vault.unseal(place, sealed);
export const keep = (store: Store, key: string, value: unknown): Promise<void> => vault.keep(store, key, value);
export const kept = <T>(store: Store, key: string): Promise<T | undefined> => vault.kept<T>(store, key);
export const keys = (store: Store): Promise<string[]> => vault.keys(store);
