/** All doors of the team, in the order of the way: who was seen, and one tap for the two commonest answers. */
import { fold } from "../kernel/text";
import { glyph, h } from "../shared/dom";
import { type Door, type Filter, matches } from "./doors";
import type { Seen } from "./notes";
import { mark, press, sign, titleOf } from "./parts";
import { time, w } from "./words";

export interface Ways {
  open(door: Door): void;
  note(door: Door, seen: Seen): unknown;
  search(text: string): void;
  filter(wanted: Filter): void;
}
export interface Shown {
  readonly filter: Filter;
  readonly query: string;
  /** Doors that the filter had when it was chosen: they stay where they are, so that the next tap meets what the eye saw. */
  readonly ids: ReadonlySet<string>;
}

/** The part above the list; made once, so that who types in it isn't disturbed. */
export function searchBox(ways: Ways): HTMLInputElement {
  const box = h("input", { type: "search", class: "form-control r-search", placeholder: w("search"), "aria-label": w("search"), autocomplete: "off", "data-testid": "search" });
  box.addEventListener("input", () => ways.search(box.value));
  return box;
}

export function overview(doors: readonly Door[], shown: Shown, ways: Ways, box: HTMLElement): HTMLElement[] {
  const seen = doors.filter(({ visits }) => visits.length > 0).length;
  const wanted = doors.filter((door) => shown.ids.has(door.house.id) && found(door, shown.query));
  const rows = wanted.map((door) => row(door, ways));
  return [
    h("p", { class: "r-done", "data-testid": "done" }, w("done", { n: seen, of: doors.length })),
    h("progress", { class: "r-progress", max: Math.max(1, doors.length), value: seen, "aria-label": w("done", { n: seen, of: doors.length }) }),
    box,
    h("div", { class: "r-filters", role: "group" }, ...(["all", "open", "worry"] as const).map((each) => chip(each, doors, shown, ways))),
    rows.length > 0 ? h("ul", { class: "r-doors", "data-testid": "doors" }, ...rows) : h("p", { class: "r-empty" }, w("nothing")),
  ];
}

function chip(filter: Filter, doors: readonly Door[], shown: Shown, ways: Ways): HTMLElement {
  const count = doors.filter((door) => matches(door, filter)).length;
  const face = press(w(filter, { n: count }), "r-chip", `filter-${filter}`, () => ways.filter(filter));
  face.setAttribute("aria-pressed", String(shown.filter === filter));
  return face;
}

function found({ house }: Door, query: string): boolean {
  const wanted = fold(query).trim();
  if (wanted === "") return true;
  if (/^\d+$/.test(wanted)) return String(house.number).startsWith(wanted);
  return fold([house.head, house.address, ...house.members.map(({ name }) => name)].join(" ")).includes(wanted);
}

function row(door: Door, ways: Ways): HTMLElement {
  const { house, visits } = door;
  const last = visits[visits.length - 1];
  const about = [w("people", { n: house.members.length }), house.address].filter(Boolean).join(" · ");
  const open = h(
    "button",
    { type: "button", class: "r-open", "data-key": `open:${house.id}`, "data-testid": "open", onclick: () => ways.open(door) },
    h("span", { class: "r-number" }, String(house.number)),
    h("span", { class: "r-about" }, h("strong", {}, house.head), h("span", {}, about)),
    glyph({ icon: "chevron-right" }),
  );
  // as high as the buttons that were there: nothing moves under the thumb
  const below = last ? status(door) : h("div", { class: "r-quick" }, one(door, "well", ways), one(door, "absent", ways));
  return h("li", { class: last ? "r-door is-seen" : "r-door", "data-household": house.id, "data-number": house.number, "data-worry": last ? door.worry || "well" : null }, open, below);
}

function status(door: Door): HTMLElement {
  const last = door.visits[door.visits.length - 1];
  const waits = door.visits.some(({ here }) => here?.state === "waiting");
  const words = [time(last?.at ?? 0), waits ? w("waits") : last?.mine ? w("sent") : "", door.both ? w("both") : ""].filter(Boolean).join(" · ");
  return h("div", { class: "r-status", "data-state": waits ? "waiting" : "sent", "data-both": door.both }, mark(door.worry), h("span", {}, words));
}

function one(door: Door, what: "well" | "absent", ways: Ways): HTMLElement {
  const absent = what === "absent";
  const face = press(w(absent ? "absentShort" : "wellShort"), `r-fast r-fast-${what}`, `${what}:${door.house.id}`, () => ways.note(door, absent ? { absent } : {}), sign(absent ? "absent" : ""));
  face.setAttribute("aria-label", `${w(what)}: ${titleOf(door)}`);
  return face;
}
