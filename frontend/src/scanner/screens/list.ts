/** The officer's own list: what this device scanned in the last day, no more of anyone than the decision needed. */
import { displayMoment } from "../../kernel/dates";
import { glyph, h } from "../../shared/dom";
import { drafts, recent } from "../engine/log";
import { type Line, RANK } from "../engine/wire";
import { w } from "../words";
import { key } from "./parts";

const MOST = 200;

export async function listView(): Promise<HTMLElement> {
  const waiting = (await drafts()).map((body) => row(body, false));
  const rows = [...waiting.reverse(), ...(await recent(MOST)).map(({ entry, body }) => row(body, entry.acked > 0))];
  return h(
    "section",
    { class: "g-page", "data-testid": "list" },
    h("h2", {}, w("listTitle")),
    rows.length ? h("ul", { class: "g-rows" }, ...rows) : h("p", { class: "g-empty" }, w("listEmpty")),
    h("p", { class: "lc-help" }, w("listKept")),
  );
}

function row(body: Line, sent: boolean): HTMLElement {
  const result = body.over?.result ?? body.result;
  const words = body.how === "count" ? `${body.n} ${w("people")} · ${body.why}` : [w(key("how_", body.how)), body.plate, body.outcome ? w(key("out_", body.outcome)) : w("out_none")].filter(Boolean).join(" · ");
  const sign = sent ? glyph({ icon: "cloud-check" }) : glyph({ icon: "cloud-up" });
  return h(
    "li",
    { class: "g-row", "data-testid": "row", "data-sent": sent, "data-scan": body.id },
    h("span", { class: `g-mini g-${result}` }, String(RANK[result] + 1)),
    h("span", {}, h("strong", {}, w(result)), h("small", {}, words), h("small", {}, displayMoment(Date.parse(body.at)))),
    h("span", { class: "g-sent", title: w(sent ? "sent" : "notSent") }, sign, h("span", { class: "visually-hidden" }, w(sent ? "sent" : "notSent"))),
  );
}
