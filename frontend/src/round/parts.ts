/** Pieces that every screen of the round is made of. */
import { type Child, glyph, h } from "../shared/dom";
import type { Door } from "./doors";
import type { Worry } from "./list";
import { WORRIES, w } from "./words";

/** `key`: what keeps the focus when the screen is drawn anew. */
export function press(label: Child, kind: string, key: string, act: () => unknown, sign: SVGElement | null = null): HTMLButtonElement {
  return h("button", { type: "button", class: `r-button ${kind}`, "data-key": key, "data-testid": key.split(":")[0], onclick: () => void act() }, sign, h("span", {}, label));
}

export function strip(kind: "info" | "warn" | "stop", testid: string, text: string, ...more: Child[]): HTMLElement {
  return h("div", { class: `r-strip r-strip-${kind}`, role: kind === "info" ? "status" : "alert", "data-testid": testid }, glyph({ icon: "alert-circle" }), h("span", {}, text), ...more);
}

const SIGNS: Readonly<Record<Worry, () => SVGElement>> = {
  "": () => glyph({ icon: "circle-check" }),
  needs: () => glyph({ icon: "package" }),
  absent: () => glyph({ icon: "door-off" }),
  refused: () => glyph({ icon: "hand-stop" }),
  symptoms: () => glyph({ icon: "thermometer" }),
};

/** A word with a sign beside the colour. */
export function mark(worry: Worry, text: string = w(WORRIES[worry])): HTMLElement {
  return h("span", { class: `r-mark r-mark-${worry || "well"}` }, sign(worry), text);
}

export function sign(worry: Worry): SVGElement {
  return SIGNS[worry]();
}

export function titleOf({ house }: Door): string {
  return `${house.number}. ${house.head}`;
}
