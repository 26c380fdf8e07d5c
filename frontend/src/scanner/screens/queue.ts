/** Rush hour: people are counted with a reason first; who they were is added later, if at all. */
import { displayMoment } from "../../kernel/dates";
import { announce, glyph, h } from "../../shared/dom";
import { read, write } from "../engine/store";
import { w } from "../words";
import { big, choices, field, key } from "./parts";

const REASONS = ["rush", "priority", "convoy", "broken", "other"] as const;
type Reason = (typeof REASONS)[number];
interface Group {
  readonly id: string;
  readonly n: number;
  readonly at: number;
}
interface Tally {
  readonly n: number;
  readonly groups: readonly Group[];
}
const EMPTY: Tally = { n: 0, groups: [] };
const DAY_MS = 24 * 3_600_000;

export interface QueueWays {
  count(n: number, why: string): Promise<string>;
  details(group: string): unknown;
}

/** The tally is on the disk with every touch: a dead battery loses no one who passed. */
export async function queueView(ways: QueueWays): Promise<HTMLElement> {
  let tally = { ...EMPTY, ...((await read<Tally>("state", "tally")) ?? {}) };
  let reason: Reason | "" = "";
  const number = h("output", { class: "g-tally", "data-testid": "tally" }, String(tally.n));
  const more = field(w("whyMore"), "", { maxlength: "200", "data-testid": "queue-more" });
  const wrong = h("p", { class: "lc-wrong", role: "alert", hidden: true }, w("queueNeeded"));
  const said = h("p", { class: "lc-help", role: "status", "data-testid": "queue-said" });
  const go = big("", () => log(), { "data-testid": "queue-go" });
  const groups = h("div", {});
  const put = async (change: Partial<Tally>): Promise<void> => {
    tally = { ...tally, ...change };
    draw();
    await write("state", "tally", tally);
  };
  const add = (n: number): Promise<void> => put({ n: Math.min(200, Math.max(0, tally.n + n)) });
  const log = async (): Promise<void> => {
    const text = [reason && reason !== "other" ? w(key("q_", reason)) : "", more.control.value.trim()].filter(Boolean).join(": ");
    wrong.hidden = text !== "";
    if (text === "" || tally.n === 0) return;
    const { n } = tally;
    const id = await ways.count(n, text);
    await put({ n: 0, groups: [{ id, n, at: Date.now() }, ...tally.groups.filter((group) => group.at > Date.now() - DAY_MS)].slice(0, 30) });
    said.textContent = w("queueLogged", { n });
    announce(said.textContent);
  };
  const draw = (): void => {
    number.textContent = String(tally.n);
    go.lastElementChild!.textContent = w("queueGo", { n: tally.n });
    go.disabled = tally.n === 0;
    groups.replaceChildren(...(tally.groups.length ? [h("h3", {}, w("queueGroups")), h("ul", { class: "g-rows" }, ...tally.groups.map(row))] : []));
  };
  const row = (group: Group): HTMLElement =>
    h("li", { class: "g-row" }, h("span", {}, h("strong", {}, `${group.n} ${w("people")}`), h("small", {}, displayMoment(group.at))), big(w("queueDetails"), () => ways.details(group.id), { class: "g-small", "data-testid": "queue-details" }));
  draw();
  return h(
    "section",
    { class: "g-page g-queue", "data-testid": "queue" },
    h("h2", {}, w("queueTitle")),
    h("p", { class: "lc-help" }, w("queueText")),
    h("div", { class: "g-count" }, big("+1", () => add(1), { class: "g-plus", "data-testid": "plus-1" }), h("div", { class: "g-tally-box" }, number, h("span", {}, w("people"))), big("+5", () => add(5), { class: "g-plus", "data-testid": "plus-5" })),
    h("button", { type: "button", class: "g-small g-button", onclick: () => void add(-1), "data-testid": "minus-1" }, glyph({ icon: "minus" }), h("span", {}, w("take1"))),
    choices(w("queueWhy"), REASONS.map((name) => [name, w(key("q_", name))] as const), reason, (value) => { reason = value; wrong.hidden = true; }, "queue-why"),
    more.box, wrong, go, said, groups,
  ); // prettier-ignore
}
