/** The citizen's island: takes over from the plain form where scripts run, and leaves it alone where something is missing. */
import "./declare.scss";
import { canComeAnew, takeOverLanguageLinks, t } from "../i18n";
import type { Answers } from "../kernel/questionnaire";
import { App } from "./app";
import { type Bundle, load } from "./bundle";
import { button, glyph, h, note } from "../shared/dom";
import { register } from "./install";
import { Mine } from "./mine";
import { offerScan } from "./place";
import { check } from "./poster";
import * as sender from "./sender";
import { communes } from "../shared/communes";

/** What was typed into the plain form before the island was there. */
function typedSoFar(root: HTMLElement, bundle: Bundle): Answers {
  const plain = root.querySelector<HTMLFormElement>("form[data-plain]");
  if (!plain) return {};
  const typed: Answers = {};
  for (const [name, value] of new FormData(plain)) {
    const item = bundle.form.byId.get(name);
    if (!item || typeof value !== "string" || value === "" || item.repeats) continue;
    if (item.type === "boolean") typed[name] = value === "true" || value === "on";
    else if (item.type !== "integer" && item.type !== "decimal") typed[name] = value;
  }
  return typed;
}

async function declare(root: HTMLElement): Promise<void> {
  const bundle = await bundleFor(root);
  if (bundle === null) return fail(root);
  const poster = await check(bundle, location.hash);
  if (poster === "forged") return refuse(root);
  void communes();
  const app = new App(root, bundle, typedSoFar(root, bundle));
  try {
    await app.start();
  } catch (error) {
    fail(root);
    throw error;
  }
  root.dataset.taken = "true";
  takeOverLanguageLinks(() => app.canReload());
}

/** A poster that the province didn't sign: nothing is asked of anyone who scanned it. */
function refuse(root: HTMLElement): void {
  const on = h("a", { class: "btn btn-outline-primary", href: "/khai/" }, t("declare"));
  const words = h("p", { class: "lc-errors-title" }, glyph({ icon: "alert-circle" }), t("posterForged"));
  root.replaceChildren(h("section", { class: "lc-errors", role: "alert", "data-testid": "poster-forged" }, words), h("div", { class: "lc-buttons" }, on));
}

/** The shell that the service worker gives for a page it can't reach says nothing: the address does. */
function addressFromPath(): string {
  const [, first = "", second = "", third = ""] = location.pathname.split("/");
  if (first === "khai" && second === "mau") return `/khai/form.json?form=${third}`;
  return `/khai/form.json?form=domestic&place=${second.toUpperCase()}`;
}

/** At a place whose form this phone never saw: the domestic form, with the place's code as the address has it. */
async function without(place: string): Promise<Bundle | null> {
  const plain = await load("/khai/form.json?form=domestic");
  const unknown = { id: "", code: place, name: place, unit: "", where: "", status: "" };
  return plain && { ...plain, place: unknown };
}

async function bundleFor(root: HTMLElement): Promise<Bundle | null> {
  const address = root.dataset.bundle ?? addressFromPath();
  const place = new URLSearchParams(address.split("?")[1]).get("place");
  return (await load(address)) ?? (place && !root.dataset.bundle ? without(place) : null);
}

/** No form to be had: the plain form, if the page has one, still works. */
function fail(root: HTMLElement): void {
  if (root.querySelector("form")) return;
  const again = h("div", { class: "lc-buttons" }, button(t("reload"), "primary", () => location.reload()));
  root.replaceChildren(h("section", { class: "lc-card" }, note(t("loadFailed"), "warn", "load-failed"), again));
}

const STARTS: Record<string, (root: HTMLElement) => unknown> = {
  declare,
  mine: (root) => {
    takeOverLanguageLinks(() => Promise.resolve(canComeAnew()));
    return new Mine(root).start();
  },
  "scan-place": (root) => {
    takeOverLanguageLinks(() => Promise.resolve(canComeAnew()));
    offerScan(root);
  },
};

for (const root of document.querySelectorAll<HTMLElement>("[data-island]")) void STARTS[root.dataset.island ?? ""]?.(root);
sender.start();
void register();
