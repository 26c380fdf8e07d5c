/** Pieces that every screen of the scanner is made of. */
import { slashed } from "../../declare/inputs";
import { displayDate, isoOf, parseDate } from "../../kernel/dates";
import { InvalidInput } from "../../kernel/errors";
import { type Child, glyph, h, uid } from "../../shared/dom";
import { type Key, w } from "../words";

export function big(label: string, act: () => unknown, more: Record<string, string | boolean | null> = {}, icon = ""): HTMLButtonElement {
  const { class: kind = "g-main", ...rest } = more;
  return h("button", { type: "button", class: `g-button ${String(kind)}`, onclick: () => void act(), ...rest }, icon ? glyph({ icon }) : null, h("span", {}, label));
}

export interface Sheet {
  readonly dialog: HTMLDialogElement;
  close(): void;
}

/** A sheet from the bottom edge, in reach of a thumb. Gives a way to close it; `gone` is told when it is. */
export function sheet(title: string, testid: string, parts: Child[], gone: () => void = () => undefined): Sheet {
  const close = h("button", { type: "button", class: "g-close", "aria-label": w("close") }, glyph({ icon: "x" }));
  const head = h("div", { class: "g-sheet-head" }, h("h2", {}, title), close);
  const dialog = h("dialog", { class: "g-sheet", "aria-label": title, "data-testid": testid }, head, ...parts);
  const end = (): void => {
    if (!dialog.isConnected) return;
    dialog.remove();
    gone();
  };
  close.addEventListener("click", end);
  dialog.addEventListener("cancel", end);
  // A press that began on a suggestion which has gone since ends on the sheet itself: only one that began outside closes it.
  let outside = false;
  dialog.addEventListener("pointerdown", (event) => (outside = event.target === dialog));
  dialog.addEventListener("click", (event) => outside && event.target === dialog && end());
  document.body.append(dialog);
  if (dialog.showModal) dialog.showModal();
  else dialog.setAttribute("open", "");
  return { dialog, close: end };
}

export interface Labelled {
  readonly box: HTMLElement;
  readonly control: HTMLInputElement;
  wrong(text: string): void;
}

/** A field with its label above and what is wrong beneath. */
export function field(label: string, value: string, more: Record<string, string | boolean | null> = {}, hint = ""): Labelled {
  const id = uid("g");
  const control = h("input", { class: "form-control", id, value, type: "text", autocomplete: "off", "aria-describedby": `${id}-wrong`, ...more });
  const line = h("p", { class: "lc-wrong", id: `${id}-wrong`, hidden: true });
  const box = h("div", { class: "g-field" }, h("label", { class: "form-label", for: id }, label), control, hint ? h("p", { class: "lc-help" }, hint) : null, line);
  const wrong = (text: string): void => {
    line.hidden = text === "";
    line.textContent = text;
    control.classList.toggle("is-invalid", text !== "");
    if (text) control.focus();
  };
  control.addEventListener("input", () => wrong(""));
  return { box, control, wrong };
}

export interface Dated extends Labelled {
  /** ISO day, "" for none; null after saying that it is wrong. */
  value(): string | null;
}

/** A whole date as written in Vietnam, typed in digits: 31122026 becomes 31/12/2026. */
export function dateField(label: string, iso: string, testid: string): Dated {
  const made = field(label, iso ? displayDate(iso) : "", { inputmode: "numeric", maxlength: "10", placeholder: "31/12/2026", "data-testid": testid });
  made.control.addEventListener("input", () => {
    made.control.value = slashed(made.control.value);
  });
  const value = (): string | null => {
    const text = made.control.value.trim();
    if (text === "") return "";
    try {
      const day = isoOf(parseDate(text));
      if (day.length === 10) return day;
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
    }
    made.wrong(w("wrongDate"));
    return null;
  };
  return { ...made, value };
}

/** One of several, as big buttons; gives what is chosen. */
export function choices<T extends string>(label: string, options: readonly (readonly [T, string])[], chosen: T | "", changed: (value: T) => void, name: string): HTMLElement {
  const group = uid("c");
  const one = ([value, text]: readonly [T, string]): HTMLElement => {
    const control = h("input", { type: "radio", class: "form-check-input", name: group, value, checked: value === chosen, onchange: () => changed(value), "data-testid": `${name}-${value}` });
    return h("label", { class: "lc-choice g-choice" }, control, h("span", {}, text));
  };
  return h("fieldset", { class: "g-field" }, h("legend", { class: "form-label" }, label), h("div", { class: "lc-choices" }, ...options.map(one)));
}

export function strip(kind: "info" | "warn" | "stop", text: string, testid: string, ...more: Child[]): HTMLElement {
  const icon = kind === "info" ? glyph({ icon: "info-circle" }) : glyph({ icon: "alert-circle" });
  return h("div", { class: `g-strip g-strip-${kind}`, role: kind === "stop" ? "alert" : "status", "data-testid": testid }, icon, h("span", {}, text), ...more);
}

export function age(hours: number): string {
  return hours < 48 ? w("hours", { n: Math.max(0, Math.round(hours)) }) : w("days", { n: Math.floor(hours / 24) });
}

export function key(prefix: string, name: string): Key {
  return `${prefix}${name}` as Key;
}
