/** What a team's phone keeps, in an IndexedDB of its own: all of it sealed, the list for a shift, notes until the province has them. */
import { Vault } from "../shared/vault";

const STORES = ["keys", "state", "list", "notes"] as const;
export type Store = (typeof STORES)[number];

export const vault = new Vault<Store>("lachan-round", [(database) => STORES.forEach((store) => database.createObjectStore(store))]);

const CHANNEL = "lachan-round";

/** Say to the other pages of this browser that something changed. */
export function tell(): void {
  if (typeof BroadcastChannel === "undefined") return;
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage("changed");
  channel.close();
}

export function onTold(listener: () => void): void {
  if (typeof BroadcastChannel === "undefined") return;
  new BroadcastChannel(CHANNEL).onmessage = listener;
}
