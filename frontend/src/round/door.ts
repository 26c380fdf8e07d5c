/** One door: who lives there, what was noted today, and the five answers. */
import { h } from "../shared/dom";
import type { Door, Visit } from "./doors";
import type { Person, RoundList } from "./list";
import type { Note, Seen } from "./notes";
import { mark, press, sign, strip, titleOf } from "./parts";
import { WORRIES, said, time, w } from "./words";

export interface Ways {
  note(door: Door, seen: Seen): unknown;
  form(door: Door, kind: "ill" | "needs"): void;
  takeBack(note: Note): unknown;
}

export function doorView(door: Door, list: RoundList, ways: Ways): HTMLElement[] {
  const { house } = door;
  const seen = door.visits.length > 0 ? h("ul", { class: "r-visits", "data-testid": "visits" }, ...door.visits.map((visit) => line(visit, door, list, ways))) : h("p", { class: "r-muted" }, w("todayNone"));
  return [
    h("h1", { class: "r-title", tabindex: "-1", "data-key": "title" }, titleOf(door)),
    house.address ? h("p", { class: "r-muted" }, house.address) : null,
    h("h2", {}, w("members")),
    house.members.length > 0 ? h("ul", { class: "r-members" }, ...house.members.map((one) => h("li", {}, nameOf(one)))) : h("p", { class: "r-muted" }, w("membersNone")),
    h("h2", {}, w("today")),
    door.both ? strip("warn", "both", w("bothText")) : null,
    seen,
    answers(door, ways),
  ].filter((part) => part !== null);
}

export function nameOf({ name, age }: Person): string {
  return age === null ? name : w("age", { name, age });
}

/** In reach of a thumb, the commonest first. */
function answers(door: Door, ways: Ways): HTMLElement {
  return h(
    "div",
    { class: "r-answers" },
    press(w("well"), "r-answer r-fast-well", "note-well", () => ways.note(door, {}), sign("")),
    press(w("absent"), "r-answer r-fast-absent", "note-absent", () => ways.note(door, { absent: true }), sign("absent")),
    press(w("ill"), "r-answer r-wide r-ill", "note-ill", () => ways.form(door, "ill"), sign("symptoms")),
    press(w("needs"), "r-answer", "note-needs", () => ways.form(door, "needs"), sign("needs")),
    press(w("refused"), "r-answer", "note-refused", () => ways.note(door, { refused: true }), sign("refused")),
  );
}

function line(visit: Visit, { house }: Door, list: RoundList, ways: Ways): HTMLElement {
  const note = visit.here;
  const who = house.members.find(({ id }) => id === visit.member)?.name ?? w("whole");
  const state = visit.mine ? w(note?.state === "waiting" ? "waits" : "sent") : "";
  const back = note?.state === "waiting" ? press(w("takeBack"), "r-small", `take-back:${note.id}`, () => ways.takeBack(note)) : null;
  const words = [w(visit.mine ? "byMe" : "byOther", { time: time(visit.at) }), state].filter(Boolean).join(" · ");
  return h("li", { "data-note": visit.id, "data-state": note?.state === "waiting" ? "waiting" : "sent" }, h("span", {}, mark(visit.worry, visit.member && !visit.worry ? w("wellShort") : undefined), ` ${who}`, h("span", { class: "r-muted" }, details(note?.seen ?? null, list)), h("span", { class: "r-muted" }, words)), back);
}

/** What was seen, while it lies on this phone. */
export function details(seen: Seen | null, list: RoundList): string {
  if (seen === null) return "";
  const words = (keys: readonly string[] | undefined, of: RoundList["needs"]): string[] => (keys ?? []).map((key) => (of[key] ? said(of[key]) : key));
  const heat = typeof seen.temperature === "number" ? [`${seen.temperature.toFixed(1).replace(".", ",")} °C`] : [];
  return [...heat, ...words(seen.symptoms, list.symptoms), ...words(seen.needs, list.needs), seen.note ?? ""].filter(Boolean).join(", ");
}

/** For the line that says what was noted. */
export function inWords(note: Note): string {
  return w(WORRIES[note.worry]).toLocaleLowerCase();
}

