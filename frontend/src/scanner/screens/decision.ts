/** The decision: colour, number and words; then why; then what to do; all of it readable in the sun. */
import { lang } from "../../i18n";
import { displayDate, displayMoment } from "../../kernel/dates";
import { maskId } from "../../kernel/identifiers";
import { type Child, glyph, h } from "../../shared/dom";
import { type Current, Desk } from "../engine/desk";
import type { Barred } from "../engine/decide";
import type { Seen } from "../engine/verify";
import { RANK } from "../engine/wire";
import { w } from "../words";
import { age, big, key } from "./parts";

export interface Ways {
  next(): unknown;
  temp(): void;
  paper(): void;
  vehicle(): void;
  dest(): void;
  outcome(): void;
  over(): void;
  print: (() => void) | null;
}

export function decisionView(current: Current, plate: string, ways: Ways): HTMLElement {
  const result = Desk.standing(current);
  const needsOutcome = RANK[result] >= RANK.hold && current.details.outcome === "";
  return h(
    "section",
    { class: `g-decision g-${result}`, "data-testid": "decision", "data-result": result, "data-how": current.seen.how, "data-flaw": current.seen.flaw, "data-took": Math.round(current.took), "data-scan": current.id },
    head(current),
    h("div", { class: "g-decision-body" }, who(current), why(current), fiveK(current), details(current, plate, ways)),
    h(
      "div",
      { class: "g-thumb" },
      ways.print ? big(w("printCard"), ways.print, { class: "g-second", "data-testid": "print-card" }, "") : null,
      big(needsOutcome ? w("nextWhat") : w("next"), needsOutcome ? ways.outcome : ways.next, { "data-testid": needsOutcome ? "next-outcome" : "next" }),
    ),
  );
}

function head(current: Current): HTMLElement {
  const result = Desk.standing(current);
  const number = String(RANK[result] + 1);
  const changed = current.details.over ? h("p", { class: "g-changed" }, w("changedTo", { what: `${RANK[current.decided.result] + 1} → ${number}` })) : null;
  return h(
    "div",
    { class: "g-head", role: "status" },
    h("span", { class: "g-number", "aria-label": w("levelOf", { n: number }) }, number),
    h("div", { class: "g-words" }, h("h2", {}, w(result)), badge(current), changed),
  );
}

/** What is only said is shown as said. */
function badge({ seen }: Current): HTMLElement {
  if (seen.flaw !== "") return h("p", { class: "g-badge" }, w("notVerified"));
  return h("p", { class: "g-badge", "data-testid": "badge" }, seen.verified ? w("verifiedCode") : w("claimOnly"));
}

/** The rules may have said it already. */
function fiveK({ decided }: Current): HTMLElement | null {
  return decided.reasons.some((reason) => reason.advice[lang()].includes("5K")) ? null : h("p", { class: "g-5k" }, w("fiveK"));
}

/** When and where somebody is awaited. */
function appointment({ booked, facts }: Seen): HTMLElement | null {
  if (booked === null) return null;
  const hours = `${displayMoment(booked.starts * 1000).slice(0, 5)} – ${displayMoment(booked.ends * 1000)}`;
  return h("p", { class: "g-booked", "data-testid": "booked" }, h("strong", {}, booked.place), h("span", {}, hours), facts.appointment_here ? h("span", {}, w("bookedHere")) : null);
}

function who({ seen, details }: Current): HTMLElement {
  const { person, facts } = seen;
  const kind = [w(key("how_", seen.how)), details.role === "driver" || details.role === "companion" ? w(details.role) : ""];
  if (facts.declared_age_h !== null) kind.push(facts.declared_age_h < 1 ? w("declaredNow") : w("declaredAgo", { age: age(facts.declared_age_h) }));
  const parts: Child[] = [h("p", { class: "g-kind" }, kind.filter(Boolean).join(" · "))];
  const number = person ? person.national_id || person.insurance || person.phone : "";
  if (person && (person.name || number)) {
    parts.push(h("p", { class: "g-name" }, person.name || maskId(number)));
    parts.push(h("p", { class: "g-about" }, [person.birth ? displayDate(person.birth) : "", person.name && number ? maskId(number) : ""].filter(Boolean).join(" · ")));
    parts.push(h("p", { class: "g-compare" }, w(person.name ? "compare" : "compareNumber")));
  }
  if (seen.told) parts.push(h("p", { class: "g-name", "data-testid": "told" }, w("toldCode", { code: seen.told })));
  parts.push(appointment(seen));
  return h("div", { class: "g-who" }, ...parts);
}

/** Reasons of the rules that say again, in other words, what bars a code. */
const SAID: Readonly<Record<Barred, readonly string[]>> = {
  forged: ["code_forged", "unverified"], expired: ["code_expired", "unverified"], revoked: ["code_revoked", "unverified"], stale: ["unverified"],
  replay: ["code_forged", "unverified"], untrusted: ["unverified"], bundleExpired: ["bundle_expired"], bundleNone: ["bundle_expired"], clock: ["bundle_expired"],
}; // prettier-ignore

function bar(barred: Barred, { code }: Seen): HTMLLIElement {
  return h("li", { class: "g-barred", "data-testid": "barred" }, code === "code_not_yet_valid" ? w("bar_early") : w(key("bar_", barred)));
}

function why({ decided, seen }: Current): HTMLElement {
  const again = decided.barred ? SAID[decided.barred] : [];
  const spoken = decided.reasons.filter((reason) => !again.includes(reason.id));
  const said = [...spoken.map((reason) => reason.text[lang()]), ...seen.notes.map((note) => note.text[lang()])];
  const items = [...new Set(said)].map((text) => h("li", {}, text));
  if (decided.barred) items.unshift(bar(decided.barred, seen));
  const advised = decided.reasons.filter((reason) => reason.id !== "unverified" || decided.barred === null || decided.barred === "untrusted");
  const advice = [...new Set(advised.map((reason) => reason.advice[lang()]).filter(Boolean))];
  const documents = [...new Set([...decided.reasons, ...seen.notes].map((reason) => reason.document).filter(Boolean))];
  return h(
    "div",
    { class: "g-why" },
    items.length ? h("h3", {}, w("why")) : null,
    items.length ? h("ul", { "data-testid": "reasons" }, ...items) : null,
    advice.length ? h("h3", {}, w("doNext")) : null,
    advice.length ? h("ul", { "data-testid": "advice" }, ...advice.map((text) => h("li", {}, text))) : null,
    ...documents.map((document) => h("p", { class: "g-document" }, document)),
  );
}

function details(current: Current, plate: string, ways: Ways): HTMLElement {
  const { details: more } = current;
  const outcome = more.outcome ? w(key("out_", more.outcome)) : "";
  const chip = (name: string, label: string, value: string, icon: SVGElement, act: () => void): HTMLElement =>
    h("button", { type: "button", class: `g-chip${value ? " is-set" : ""}`, onclick: act, "data-testid": `add-${name}` }, icon, h("span", {}, h("small", {}, label), value ? h("strong", {}, value) : null));
  return h(
    "div",
    { class: "g-chips" },
    chip("temp", w("temp"), more.temp === null ? "" : `${more.temp.toFixed(1).replace(".", ",")} °C`, glyph({ icon: "thermometer" }), ways.temp),
    chip("paper", w("paper"), more.paper === undefined ? "" : more.paper === null ? w("paperNone") : more.paper.number || w(key("paper_", more.paper.kind)), glyph({ icon: "file-certificate" }), ways.paper),
    chip("vehicle", w("vehicle"), plate, glyph({ icon: "car" }), ways.vehicle),
    chip("dest", w("dest"), more.dest.length ? String(more.dest.length) : "", glyph({ icon: "map-pin" }), ways.dest),
    chip("outcome", w("outcome"), outcome, glyph({ icon: "arrows-split-2" }), ways.outcome),
    chip("over", w("over"), more.over ? `${RANK[more.over.result] + 1}` : "", glyph({ icon: "edit" }), ways.over),
  );
}
