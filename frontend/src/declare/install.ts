/** The service worker: registering it, and offering a new version without losing what is being typed. */
import { t, tellWorker } from "../i18n";
import { button, note } from "../shared/dom";

let asked = false;

export async function register(): Promise<void> {
  if (asked || !("serviceWorker" in navigator)) return; // in-app browsers: the page works without
  asked = true;
  tellWorker();
  try {
    const registration = await navigator.serviceWorker.register("/sw.js", { scope: "/", updateViaCache: "none" });
    watch(registration);
  } catch {
    // an insecure page, or storage switched off
  }
}

function watch(registration: ServiceWorkerRegistration): void {
  if (registration.waiting && navigator.serviceWorker.controller) offer(registration.waiting);
  follow(registration.installing); // the browser looks for a new version at every visit, and may have found one before this script ran
  registration.addEventListener("updatefound", () => follow(registration.installing));
}

function follow(worker: ServiceWorker | null): void {
  worker?.addEventListener("statechange", () => {
    if (worker.state === "installed" && navigator.serviceWorker.controller) offer(worker);
  });
}

function offer(worker: ServiceWorker): void {
  if (document.querySelector("[data-testid=update]")) return;
  const strip = note(t("updateReady"), "info", "update");
  strip.append(button(t("updateNow"), "link", () => takeOver(worker), { "data-testid": "update-now" }));
  document.getElementById("main")?.prepend(strip);
}

function takeOver(worker: ServiceWorker): void {
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  worker.postMessage("take-over");
}
