/** When the page sends what waits: at once, when the network comes back, when the page is looked at, and by back-off. */
import { flush, SYNC_TAG } from "./queue";

let timer = 0;
let running: Promise<number | null> | null = null;

/** Send what is due and see to the rest. Gives the seconds until the next try, null when nothing waits. */
export function sendNow(force = true): Promise<number | null> {
  running ??= flush(Date.now(), force).finally(() => {
    running = null;
  });
  return running.then((seconds) => {
    window.clearTimeout(timer);
    if (seconds !== null) timer = window.setTimeout(() => void sendNow(false), Math.max(1, seconds) * 1000);
    if (seconds !== null) void askWorker();
    return seconds;
  });
}

/** Let the browser wake the service worker when the network is back, even with the page closed; where it can. */
async function askWorker(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  const sync = (registration as { sync?: { register(tag: string): Promise<void> } } | undefined)?.sync;
  await sync?.register(SYNC_TAG).catch(() => undefined); // refused: the page itself keeps trying
}

let started = false;

export function start(): void {
  if (started) return;
  started = true;
  window.addEventListener("online", () => void sendNow());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void sendNow(false);
  });
  void sendNow(false);
}
