/** When this page tells the province of visits: at once, when the network comes back, when the page is looked at, and by back-off. */
import { SYNC_TAG, flush, visits, waits } from "./moves";

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setTimeout> | undefined;
let started = false;

/** Called whenever something may have been told. */
export function onTold(listener: () => void): void {
  listeners.add(listener);
}

export async function tellNow(force = true): Promise<void> {
  let seconds = await flush(Date.now(), force);
  if (seconds === null && (await visits()).some(waits)) seconds = await flush(Date.now(), force); // came while another was sent
  listeners.forEach((listener) => listener());
  clearTimeout(timer);
  if (seconds === null) return;
  timer = setTimeout(() => void tellNow(false), Math.max(1, seconds) * 1000);
  await askWorker();
}

/** Let the browser wake the service worker when the network is back, even with the page closed; where it can. */
async function askWorker(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  const sync = (registration as { sync?: { register(tag: string): Promise<void> } } | undefined)?.sync;
  await sync?.register(SYNC_TAG).catch(() => undefined); // refused: the page itself keeps trying
}

export function start(): void {
  if (started) return;
  started = true;
  window.addEventListener("online", () => void tellNow());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void tellNow(false);
  });
  void tellNow(false);
}
