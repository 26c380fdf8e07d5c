/** Sheets for what an officer adds to a scan: temperature, papers, vehicle, destinations, outcome, another level. */
import { InvalidInput } from "../../kernel/errors";
import { parsePlate } from "../../kernel/plates";
import { nameOf, search } from "../../shared/communes";
import { glyph, h } from "../../shared/dom";
import { UnitPicker } from "../../shared/units";
import { type Current, type Details, Desk, type Vehicle } from "../engine/desk";
import { type GateResult, type Outcome, RANK, type TravelPaper, type VehiclePass } from "../engine/wire";
import { w } from "../words";
import { big, choices, dateField, field, key, sheet } from "./parts";

type Change = (details: Partial<Details>) => unknown;
const MOST_DEST = 8;

export function askTemp(current: Current, change: Change, gone: () => void): void {
  const given = field(w("temp"), current.details.temp?.toFixed(1).replace(".", ",") ?? "", { inputmode: "decimal", maxlength: "5", "data-testid": "temp" });
  const take = (value: number): void => {
    if (!(value >= 30 && value <= 45)) return given.wrong(w("tempBad"));
    open.close();
    void change({ temp: Math.round(value * 10) / 10 });
  };
  const quick = [36.4, 36.6, 36.8, 37, 37.2, 37.5, 38, 38.5, 39].map((value) =>
    h("button", { type: "button", class: "g-quick", onclick: () => take(value), "data-testid": `temp-${value}` }, value.toFixed(1).replace(".", ",")),
  );
  const save = big(w("save"), () => take(Number(given.control.value.replace(",", "."))), { "data-testid": "temp-save" });
  const open = sheet(w("temp"), "sheet-temp", [h("div", { class: "g-quicks" }, ...quick), given.box, save], gone);
}

const PAPERS = ["travel", "order", "test", "isolation", "other"] as const;

export function askPaper(current: Current, change: Change, gone: () => void): void {
  const had = current.details.paper ?? null;
  let kind: string = had?.kind ?? "travel";
  const number = field(w("paperNumber"), had?.number ?? "", { maxlength: "60", "data-testid": "paper-number" });
  const issuer = field(w("paperIssuer"), had?.issuer ?? "", { maxlength: "120", "data-testid": "paper-issuer" });
  const until = dateField(w("paperUntil"), had?.until ?? "", "paper-until");
  const save = (paper: TravelPaper | null): void => {
    open.close();
    void change({ paper });
  };
  const shown = (): void => {
    const day = until.value();
    if (day !== null) save({ kind, number: number.control.value.trim(), issuer: issuer.control.value.trim(), until: day });
  };
  const open = sheet(w("paper"), "sheet-paper", [
    choices(w("paperKind"), PAPERS.map((name) => [name, w(key("paper_", name))] as const), kind as (typeof PAPERS)[number], (value) => (kind = value), "paper"),
    until.box, number.box, issuer.box,
    h("div", { class: "g-two" }, big(w("paperNone"), () => save(null), { class: "g-second", "data-testid": "paper-none" }), big(w("save"), shown, { "data-testid": "paper-save" })),
  ], gone); // prettier-ignore
}

export interface VehicleWays {
  board(plate: string, vpass: VehiclePass | null): unknown;
  /** Save, and go on with the next person in the vehicle. */
  scanNext(): unknown;
  leave(): unknown;
}

export function askVehicle(vehicle: Vehicle | null, ways: VehicleWays, gone: () => void): void {
  const plate = field(w("plate"), vehicle?.plate ?? "", { autocapitalize: "characters", maxlength: "15", "data-testid": "plate" });
  const number = field(w("vpass"), vehicle?.vpass?.number ?? "", { maxlength: "60", "data-testid": "vpass-number" });
  const until = dateField(w("vpassUntil"), vehicle?.vpass?.until ?? "", "vpass-until");
  const save = async (): Promise<boolean> => {
    try {
      const said = plate.control.value.trim();
      const day = until.value();
      if (day === null) return false;
      const vpass = number.control.value.trim() ? { number: number.control.value.trim(), until: day } : null;
      await ways.board(said ? parsePlate(said) : "", vpass);
      open.close();
      return true;
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      plate.wrong(w("plateBad"));
      return false;
    }
  };
  const parts = [
    plate.box, number.box, until.box,
    big(w("vehicleGo"), async () => (await save()) && ways.scanNext(), { "data-testid": "vehicle-next" }),
    h("div", { class: "g-two" },
      vehicle ? big(w("vehicleDone"), () => { open.close(); void ways.leave(); }, { class: "g-second", "data-testid": "vehicle-done" }) : null,
      big(w("save"), save, { class: "g-second", "data-testid": "vehicle-save" })),
  ]; // prettier-ignore
  const open = sheet(w("vehicle"), "sheet-vehicle", parts, gone);
}

export function askDest(current: Current, change: Change, gone: () => void): void {
  let dest = [...current.details.dest];
  const row = h("div", { class: "lc-chips" });
  const draw = (): void => {
    row.replaceChildren(...dest.map((path) => chip(path, () => { dest = dest.filter((other) => other !== path); draw(); }))); // prettier-ignore
  };
  const typed = field(w("dest"), "", { "data-testid": "dest" }, w("destHint"));
  const save = big(w("save"), () => {
    if (typed.control.value.trim() !== "") return typed.wrong(w("destUnknown"));
    open.close();
    void change({ dest });
  }, { "data-testid": "dest-save" }); // prettier-ignore
  const open = sheet(w("dest"), "sheet-dest", [row, typed.box, save], gone);
  new UnitPicker(typed.control, search);
  typed.box.querySelector<HTMLInputElement>("input[type=hidden]")?.addEventListener("change", (event) => {
    const path = (event.target as HTMLInputElement).value;
    if (!path) return;
    dest = [...new Set([...dest, path])].slice(0, MOST_DEST);
    typed.control.value = "";
    draw();
  });
  draw();
}

function chip(path: string, off: () => void): HTMLElement {
  const text = h("span", {}, path);
  const cross = h("button", { type: "button", class: "lc-chip-off", onclick: off, "aria-label": w("remove", { what: path }) }, glyph({ icon: "x" }));
  void nameOf(path).then((name) => {
    text.textContent = name;
    cross.setAttribute("aria-label", w("remove", { what: name }));
  });
  return h("span", { class: "lc-chip" }, text, cross);
}

const OUTCOMES = ["passed", "turned_back", "sent_to_test", "handed_over"] as const;

/** What was done; `done` goes on to the next person. */
export function askOutcome(current: Current, change: Change, done: () => unknown, gone: () => void): void {
  const to = field(w("handTo"), current.details.to, { maxlength: "120", "data-testid": "handed-to" });
  to.box.hidden = current.details.outcome !== "handed_over";
  const pick = async (outcome: Outcome): Promise<void> => {
    const name = to.control.value.trim();
    if (outcome === "handed_over" && name === "") {
      to.box.hidden = false;
      return to.wrong(to.box.dataset.asked ? w("handToNeeded") : "");
    }
    open.close();
    await change({ outcome, to: outcome === "handed_over" ? name : "" });
    await done();
  };
  const button = (outcome: (typeof OUTCOMES)[number]): HTMLElement =>
    big(w(key("out_", outcome)), () => {
      const asked = pick(outcome);
      if (outcome === "handed_over" && open.dialog.isConnected) {
        to.box.dataset.asked = "true";
        to.control.focus();
      }
      return asked;
    }, { class: "g-second", "data-testid": `outcome-${outcome}` }); // prettier-ignore
  const open = sheet(w("outcome"), "sheet-outcome", [...OUTCOMES.slice(0, 3).map(button), to.box, button("handed_over")], gone);
}

const LEVELS: readonly GateResult[] = ["pass", "advise", "hold", "refer"];
const REASONS = ["emergency", "duty", "paper", "known", "unwell", "other"] as const;

/** Another level by the officer, with a reason. Never up to green for what is barred. */
export function askOver(current: Current, change: Change, gone: () => void): void {
  const barred = current.decided.barred !== null;
  const allowed = LEVELS.filter((level) => level !== current.decided.result && (!barred || RANK[level] >= RANK.hold));
  let level: GateResult | "" = current.details.over?.result ?? "";
  let reason = "";
  const more = field(w("whyMore"), "", { maxlength: "200", "data-testid": "over-more" });
  const wrong = h("p", { class: "lc-wrong", hidden: true, role: "alert" }, w("overNeeded"));
  const save = (): void => {
    const text = [reason && reason !== "other" ? w(key("why_", reason)) : "", more.control.value.trim()].filter(Boolean).join(": ");
    wrong.hidden = text !== "" && level !== "";
    if (!wrong.hidden || level === "") return;
    open.close();
    void change({ over: { result: level, reason: text } });
  };
  const open = sheet(w("over"), "sheet-over", [
    h("p", { class: "lc-help" }, w("overText", { what: `${RANK[current.decided.result] + 1} · ${w(current.decided.result)}` })),
    barred ? h("p", { class: "lc-help", "data-testid": "over-barred" }, w("overBarred")) : null,
    choices(w("over"), allowed.map((name) => [name, `${RANK[name] + 1} · ${w(name)}`] as const), level, (value) => (level = value), "over"),
    choices(w("overReason"), REASONS.map((name) => [name, w(key("why_", name))] as const), "", (value) => (reason = value), "why"),
    more.box, wrong, big(w("save"), save, { "data-testid": "over-save" }),
  ], gone); // prettier-ignore
}
