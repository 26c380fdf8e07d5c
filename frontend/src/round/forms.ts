/** The two answers that need more than a tap: who has which symptoms, and what is needed. */
import { h, uid } from "../shared/dom";
import { nameOf } from "./door";
import type { Door } from "./doors";
import type { RoundList, Text } from "./list";
import type { Seen } from "./notes";
import { press, sign, titleOf } from "./parts";
import { said, w } from "./words";

export const COLDEST = 34;
export const HOTTEST = 43;
const MOST_NOTE = 500;

export interface Ways {
  note(door: Door, seen: Seen, member: string): unknown;
  cancel(): void;
}

/** A temperature as people type it: 38,2 · 38.2 · 382; null for none, undefined for what is no temperature of a person. */
export function temperatureOf(text: string): number | null | undefined {
  const typed = text.replace(/[\s°cC]/g, "").replace(",", ".");
  if (typed === "") return null;
  const value = /^[34]\d\d$/.test(typed) ? Number(typed) / 10 : /^\d\d(\.\d{1,2})?$/.test(typed) ? Number(typed) : NaN;
  return value >= COLDEST && value <= HOTTEST ? Math.round(value * 10) / 10 : undefined;
}

export function illForm(door: Door, list: RoundList, ways: Ways): HTMLElement {
  const { members } = door.house;
  const only = members.length === 1 ? members[0]?.id : undefined;
  const people = members.length > 0 ? members.map((one) => ({ value: one.id, text: nameOf(one) })) : [{ value: "", text: w("whole") }];
  const who = choices(w("who"), "member", "radio", people, only ?? (members.length === 0 ? "" : null));
  const what = choices(w("what"), "symptoms", "checkbox", options(list.symptoms), null);
  const heat = input(w("temperature"), "temperature", { inputmode: "decimal", placeholder: w("temperatureHint") });
  const more = input(w("note"), "note", { maxlength: MOST_NOTE });
  return form(door, w("ill"), ways, [who, what, heat, more], () => {
    const temperature = temperatureOf(heat.value());
    const [member, symptoms] = [who.chosen()[0], what.chosen()];
    if (member === undefined) return who.wrong(w("whoWrong"));
    if (temperature === undefined) return heat.wrong(w("temperatureWrong"));
    if (symptoms.length === 0 && temperature === null) return what.wrong(w("illWrong"));
    return void ways.note(door, { symptoms, temperature, note: more.value() }, member);
  });
}

export function needsForm(door: Door, list: RoundList, ways: Ways): HTMLElement {
  const what = choices(w("needsWhat"), "needs", "checkbox", options(list.needs), null);
  const more = input(w("note"), "note", { maxlength: MOST_NOTE });
  return form(door, w("needs"), ways, [what, more], () => {
    const needs = what.chosen();
    if (needs.length === 0) return what.wrong(w("needsWrong"));
    return void ways.note(door, { needs, note: more.value() }, "");
  });
}

interface Part {
  readonly box: HTMLElement;
  wrong(text: string): void;
}

function form(door: Door, title: string, ways: Ways, parts: readonly Part[], save: () => void): HTMLElement {
  const face = h(
    "form",
    { class: "r-form", novalidate: true, "data-testid": "form" },
    h("h1", { class: "r-title", tabindex: "-1", "data-key": "title" }, titleOf(door)),
    h("p", { class: "r-muted" }, title),
    ...parts.map(({ box }) => box),
    h("div", { class: "r-foot" }, press(w("cancel"), "r-second", "cancel", () => ways.cancel()), h("button", { type: "submit", class: "r-button r-main", "data-testid": "save" }, sign(""), h("span", {}, w("save")))),
  );
  face.addEventListener("submit", (event) => {
    event.preventDefault();
    parts.forEach(({ wrong }) => wrong(""));
    save();
  });
  return face;
}

function options(words: Readonly<Record<string, Text>>): { value: string; text: string }[] {
  return Object.entries(words).map(([value, text]) => ({ value, text: said(text) }));
}

function choices(title: string, name: string, type: "radio" | "checkbox", of: readonly { value: string; text: string }[], given: string | null): Part & { chosen(): string[] } {
  const id = uid("r");
  const line = h("p", { class: "lc-wrong", id, hidden: true });
  const inputs = of.map(({ value }) => h("input", { type, name, value, checked: value === given, "aria-describedby": id }));
  const labels = inputs.map((each, at) => h("label", { class: "lc-choice" }, each, h("span", {}, of[at]?.text ?? "")));
  const box = h("fieldset", { class: "r-field" }, h("legend", {}, title), line, h("div", { class: `r-choices r-choices-${type}` }, ...labels));
  const wrong = told(line, inputs[0]);
  box.addEventListener("change", () => wrong(""));
  return { box, wrong, chosen: () => inputs.filter(({ checked }) => checked).map(({ value }) => value) };
}

function input(label: string, name: string, more: Record<string, string | number>): Part & { value(): string } {
  const id = uid("r");
  const control = h("input", { type: "text", class: "form-control", id, name, autocomplete: "off", "aria-describedby": `${id}-wrong`, ...more });
  const line = h("p", { class: "lc-wrong", id: `${id}-wrong`, hidden: true });
  const wrong = told(line, control);
  control.addEventListener("input", () => wrong(""));
  return { box: h("div", { class: "r-field" }, h("label", { class: "form-label", for: id }, label), control, line), wrong, value: () => control.value.trim() };
}

function told(line: HTMLElement, control: HTMLElement | undefined): (text: string) => void {
  return (text) => {
    line.hidden = text === "";
    line.textContent = text;
    if (text) control?.focus();
  };
}
