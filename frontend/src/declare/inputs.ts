/** The input of one question: how its answer is typed, and read back. Formats that people expect, big enough for thumbs. */
import { displayDate } from "../kernel/dates";
import { displayPhone } from "../kernel/phones";
import type { Answer, Item } from "../kernel/questionnaire";
import { lang, t } from "../i18n";
import { UnitPicker } from "../shared/units";
import { h, glyph } from "../shared/dom";
import { isBox } from "./session";
import { nameOf, search } from "../shared/communes";

export interface Field {
  readonly item: Item;
  readonly value: Answer | undefined;
  readonly today: string;
  readonly id: string;
  set(value: Answer | undefined): void;
  left(): void;
}

const FEW = 5;
const INPUTS: Record<string, Record<string, string>> = {
  name: { autocomplete: "name", autocapitalize: "words" },
  phone: { type: "tel", autocomplete: "tel", inputmode: "tel" },
  email: { type: "email", autocomplete: "email", inputmode: "email" },
  cccd: { inputmode: "numeric", autocomplete: "off" },
  passport: { autocomplete: "off", autocapitalize: "characters" },
  insurance: { autocomplete: "off", autocapitalize: "characters" },
  plate: { autocomplete: "off", autocapitalize: "characters" },
};

/** The inputs of a question; those with several parts bring their own legend. */
export function input(field: Field): HTMLElement {
  const { item } = field;
  if (item.format === "unit") return item.repeats ? severalUnits(field) : unit(field);
  if (item.type === "boolean") return isBox(item) ? box(field) : yesNo(field);
  if (item.type === "choice") return choice(field);
  if (item.repeats) return lines(field);
  if (item.format === "partial-date") return partialDate(field);
  if (item.type === "text") return area(field);
  return line(field);
}

/** Whether the question is a set of inputs under a legend rather than one input with a label. */
export function isSet(item: Item): boolean {
  return (item.type === "boolean" && !isBox(item)) || (item.type === "choice" && !item.repeats && item.options.length <= FEW);
}

function radio(field: Field, value: string | boolean, label: string): HTMLElement {
  const checked = field.value === value;
  const change = (): void => field.set(value);
  const control = h("input", {
    type: "radio", class: "form-check-input", name: field.item.linkId, value: String(value), checked, onchange: change,
    id: `${field.id}-${value}`, "aria-describedby": `${field.id}-error`,
  }); // prettier-ignore
  return h("label", { class: "lc-choice" }, control, h("span", {}, label));
}

/** A question named `no_…` says that there is none of something: "true" to a "no" reads badly, so the answers say it out. */
function yesNo(field: Field): HTMLElement {
  const absence = field.item.linkId.startsWith("no_");
  const words = absence ? [t("none"), t("some")] as const : [t("yes"), t("no")] as const;
  return h("div", { class: "lc-choices lc-yes-no" }, radio(field, true, words[0]), radio(field, false, words[1]));
}

function box(field: Field): HTMLElement {
  const control = h("input", {
    type: "checkbox", class: "form-check-input", id: field.id, name: field.item.linkId, checked: field.value === true,
    "aria-describedby": describedBy(field),
  }); // prettier-ignore
  control.addEventListener("change", () => field.set(control.checked ? true : undefined));
  return h("label", { class: "lc-choice" }, control, h("span", {}, field.item.text[lang()]));
}

function choice(field: Field): HTMLElement {
  const { item } = field;
  if (item.repeats) return severalChoices(field);
  if (item.options.length <= FEW) {
    const short = item.options.every((option) => option.text[lang()].length <= 12);
    const options = item.options.map((option) => radio(field, option.code, option.text[lang()]));
    return h("div", { class: `lc-choices${short ? " lc-choices-short" : ""}` }, ...options);
  }
  const list = h("select", { class: "form-select", id: field.id, name: item.linkId, "aria-describedby": describedBy(field) });
  list.append(...optionsOf(item, String(field.value ?? "")));
  list.addEventListener("change", () => field.set(list.value || undefined));
  return list;
}

function optionsOf(item: Item, chosen: string): HTMLElement[] {
  const empty = h("option", { value: "" }, t("pick"));
  return [empty, ...item.options.map(({ code, text }) => h("option", { value: code, selected: code === chosen }, text[lang()]))];
}

function listOf(value: Answer | undefined): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** Chosen things as chips, each with a way to take it off, before the input that adds another. */
function chips(field: Field, words: (value: string) => string | Promise<string>, adder: (add: (value: string) => void) => HTMLElement): HTMLElement {
  const row = h("div", { class: "lc-chips" });
  let values = listOf(field.value);
  const change = (next: string[]): void => {
    values = next;
    field.set(next.length ? next : undefined);
    draw();
  };
  const draw = (): void => {
    row.replaceChildren(...values.map((value) => chip(value, words, () => change(values.filter((other) => other !== value)))));
  };
  draw();
  return h("div", {}, row, adder((value) => change([...new Set([...values, value])])));
}

function chip(value: string, words: (value: string) => string | Promise<string>, off: () => void): HTMLElement {
  const text = h("span", {}, "");
  const cross = h("button", { type: "button", class: "lc-chip-off", onclick: off }, glyph({ icon: "x" }));
  void Promise.resolve(words(value)).then((label) => {
    text.textContent = label;
    cross.setAttribute("aria-label", t("remove", { what: label }));
  });
  return h("span", { class: "lc-chip" }, text, cross);
}

function severalChoices(field: Field): HTMLElement {
  const { item } = field;
  const words = (code: string): string => item.options.find((option) => option.code === code)?.text[lang()] ?? code;
  return chips(field, words, (add) => {
    const list = h("select", { class: "form-select", id: field.id, "aria-describedby": describedBy(field) }, ...optionsOf(item, ""));
    list.addEventListener("change", () => {
      if (list.value) add(list.value);
      list.value = "";
    });
    return list;
  });
}

function unitInput(field: Field, picked: (path: string) => void, typed: (text: string) => void): { box: HTMLElement; control: HTMLInputElement } {
  const control = h("input", {
    class: "form-control", id: field.id, name: field.item.linkId, type: "text", placeholder: t("unitPlaceholder"),
    "aria-describedby": describedBy(field), "data-testid": `unit-${field.item.linkId}`,
  }); // prettier-ignore
  const holder = h("div", { class: "lc-unit-holder" }, control);
  control.addEventListener("input", () => typed(control.value));
  control.addEventListener("blur", () => field.left());
  new UnitPicker(control, search);
  const hidden = holder.querySelector<HTMLInputElement>("input[type=hidden]");
  hidden?.addEventListener("change", () => picked(hidden.value));
  return { box: holder, control };
}

function unit(field: Field): HTMLElement {
  const { box: holder, control } = unitInput(field, (path) => field.set(path), (text) => field.set(text || undefined));
  const value = typeof field.value === "string" ? field.value : "";
  if (value.endsWith("/")) void nameOf(value).then((label) => (control.value = label));
  else control.value = value;
  return holder;
}

function severalUnits(field: Field): HTMLElement {
  return chips(field, nameOf, (add) => {
    const { box: holder, control } = unitInput(field, (path) => {
      add(path);
      control.value = "";
    }, () => undefined); // prettier-ignore
    return holder;
  });
}

function describedBy(field: Field): string {
  const hint = field.item.hint ? `${field.id}-hint ` : "";
  return `${hint}${field.id}-error`;
}

function attributes(field: Field): Record<string, string | number | boolean | null> {
  const { item } = field;
  return {
    class: "form-control", id: field.id, name: item.linkId, maxlength: item.maxLength || null,
    "aria-describedby": describedBy(field), "aria-required": item.required ? "true" : null,
  }; // prettier-ignore
}

function area(field: Field): HTMLElement {
  const control = h("textarea", { ...attributes(field), rows: 2 }, String(field.value ?? ""));
  control.addEventListener("input", () => field.set(control.value));
  control.addEventListener("blur", () => field.left());
  return control;
}

function lines(field: Field): HTMLElement {
  const control = h("textarea", { ...attributes(field), maxlength: null, rows: 2, placeholder: t("addLine") }, listOf(field.value).join("\n"));
  control.addEventListener("input", () => {
    const items = control.value.split("\n").map((text) => text.trim()).filter(Boolean);
    field.set(items.length ? items : undefined);
  });
  return control;
}

function line(field: Field): HTMLElement {
  const { item } = field;
  const control = h("input", { ...attributes(field), type: typeOf(item), ...INPUTS[item.format], ...limits(field) });
  control.value = shownValue(item, field.value);
  control.addEventListener("input", () => field.set(typed(item, control.value)));
  control.addEventListener("blur", () => field.left());
  return control;
}

function typeOf(item: Item): string {
  return { date: "date", dateTime: "datetime-local" }[item.type] ?? "text";
}

function limits(field: Field): Record<string, string> {
  const { item } = field;
  if (item.type === "date" && item.past) return { max: field.today };
  if (item.type === "integer") return { inputmode: "numeric" };
  return item.type === "decimal" ? { inputmode: "decimal" } : {};
}

function shownValue(item: Item, value: Answer | undefined): string {
  if (item.format === "phone" && typeof value === "string" && value.startsWith("+84")) return displayPhone(value);
  if (item.type === "dateTime" && typeof value === "string" && value.endsWith("Z")) {
    return new Date(Date.parse(value) + 7 * 3_600_000).toISOString().slice(0, 16);
  }
  return String(value ?? "");
}

function typed(item: Item, text: string): Answer | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return undefined;
  if (item.type !== "integer" && item.type !== "decimal") return text;
  const number = Number(trimmed.replace(",", "."));
  return Number.isFinite(number) ? number : trimmed;
}

/** dd/mm/yyyy with the slashes put in while typing digits; a year alone will do. */
function partialDate(field: Field): HTMLElement {
  const control = h("input", { ...attributes(field), type: "text", inputmode: "numeric", autocomplete: "bday", placeholder: "17/05/1990", maxlength: 10 });
  control.value = /^\d{4}(-\d\d){0,2}$/.test(String(field.value ?? "")) ? displayDate(String(field.value)) : String(field.value ?? "");
  control.addEventListener("input", (event) => {
    if ((event as InputEvent).inputType?.startsWith("insert")) control.value = slashed(control.value);
    field.set(control.value.trim() || undefined);
  });
  control.addEventListener("blur", () => field.left());
  return control;
}

/** `17051990` as it grows: `17/05/1990`. Four digits that can only be a year stay a year. */
export function slashed(text: string): string {
  if (!/^[\d/]*$/.test(text) || /\/\//.test(text)) return text;
  const digits = text.replace(/\D/g, "");
  if (/^(?:18|19|20)\d{0,2}$/.test(digits) && !text.includes("/")) return text;
  if (text.includes("/") && !/^\d\d\/(?:\d{0,2}|\d\d\/?\d{0,4}|\d{2}\d+)$/.test(text)) return text;
  if (digits.length <= 2) return text.endsWith("/") ? text : digits;
  return digits.length <= 4 ? `${digits.slice(0, 2)}/${digits.slice(2)}` : `${digits.slice(0, 2)}/${digits.slice(2, 4)}/${digits.slice(4, 8)}`;
}
