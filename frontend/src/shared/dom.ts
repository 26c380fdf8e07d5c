/** Building elements without a framework, and without a style or script in the markup. */
import { t } from "../i18n";

export type Child = Node | string | null | undefined | false;
type Attributes = Record<string, string | number | boolean | null | undefined | ((event: never) => void)>;

const SVG = "http://www.w3.org/2000/svg";
let made = 0;
/** Where the server's own icons on this page come from: its name changes with each build. */
let sprite: string | undefined;

/** An element; `on…` attributes are listeners, `true` an empty attribute, `false` and null none. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  put(element, attributes);
  element.append(...kept(children));
  return element;
}

export function svg(tag: string, attributes: Attributes = {}, ...children: Child[]): SVGElement {
  const element = document.createElementNS(SVG, tag);
  put(element, attributes);
  element.append(...kept(children));
  return element;
}

function put(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value as EventListener);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
}

function kept(children: Child[]): (Node | string)[] {
  return children.filter((child): child is Node | string => child !== null && child !== undefined && child !== false);
}

export function uid(prefix: string): string {
  return `${prefix}-${++made}`;
}

/** An icon of the sprite that the server's pages use; `icon: "…"` names are found by the build. */
export function glyph({ icon }: { icon: string }): SVGElement {
  sprite ??= document.querySelector("use[href*='.svg#']")?.getAttribute("href")?.split("#")[0];
  return svg("svg", { class: "lc-icon", "aria-hidden": "true", focusable: "false" }, svg("use", { href: `${sprite ?? ""}#${icon}` }));
}

export function button(label: string, kind: "primary" | "outline-primary" | "link", act: () => unknown, more: Attributes = {}): HTMLButtonElement {
  return h("button", { type: "button", class: `btn btn-${kind}`, onclick: () => void act(), ...more }, label);
}

export function note(text: string, kind: "info" | "warn" = "info", testid = ""): HTMLElement {
  const sign = kind === "warn" ? glyph({ icon: "alert-circle" }) : glyph({ icon: "info-circle" });
  return h("p", { class: `lc-strip lc-strip-${kind}`, role: "status", "data-testid": testid || null }, sign, h("span", {}, text));
}

/** Say something to a screen reader without moving the focus. */
export function announce(text: string): void {
  let region = document.getElementById("lc-announce");
  if (!region) {
    region = h("div", { id: "lc-announce", class: "visually-hidden", "aria-live": "polite" });
    document.body.append(region);
  }
  region.textContent = text;
}

export function confirmed(text: string): Promise<boolean> {
  return import("./confirm").then(({ ask }) => ask(text));
}

export { t };

let pressed = false;
if (typeof document !== "undefined") {
  document.addEventListener("pointerdown", () => (pressed = true), true);
  for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => (pressed = false), true);
}

/** Does it now or, while a button is held down, after the click: a page that moves under the pointer would lose it. */
export function onceReleased(act: () => void): void {
  if (!pressed) return act();
  const end = () => window.setTimeout(act);
  document.addEventListener("pointerup", end, { capture: true, once: true });
}
