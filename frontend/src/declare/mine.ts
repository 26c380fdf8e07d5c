/** My declarations on this device: codes to show again, what waits to be sent, and how to delete it all. */
import { lang, onLanguage, t } from "../i18n";
import { displayMoment } from "../kernel/dates";
import * as db from "../shared/db";
import { button, confirmed, glyph, h } from "../shared/dom";
import { load } from "./bundle";
import { onSettled, waiting } from "./queue";
import { resultView } from "./result";
import { troubles } from "./troubles";
import type { Kept } from "./wire";

/** After so long a result is of no use, and a phone is lent and sold. */
const KEPT_DAYS = 30;

export class Mine {
  private open: string | null = null;

  constructor(private readonly root: HTMLElement) {}

  async start(): Promise<void> {
    onLanguage(() => void this.draw());
    onSettled(() => void this.draw());
    window.addEventListener("popstate", () => void this.close());
    await this.clear();
    await db.holder().catch(() => null);
    await this.draw();
    this.root.before(...troubles());
  }

  private async clear(): Promise<void> {
    const oldest = Date.now() - KEPT_DAYS * 86_400_000;
    for (const row of await db.all<Kept>("kept")) if (row.at < oldest && row.answer) await db.remove("kept", row.id);
  }

  private async draw(): Promise<void> {
    const rows = (await db.all<Kept>("kept")).sort((a, b) => b.at - a.at);
    const shown = rows.find((row) => row.id === this.open);
    if (shown) return this.drawOne(shown);
    if (rows.length === 0) {
      if (!this.root.querySelector("[data-testid=mine-list]") && this.root.querySelector("a[href*='/ket-qua/']")) return; // what the session knows stays
      this.root.replaceChildren(this.empty());
      return;
    }
    this.root.replaceChildren(h("ul", { class: "lc-tiles", "data-testid": "mine-list" }, ...rows.map((row) => this.row(row))), await this.foot());
  }

  private empty(): HTMLElement {
    return h(
      "section",
      { class: "lc-card", "data-testid": "mine-empty" },
      h(
        "div",
        { class: "lc-empty" },
        h("span", { class: "lc-empty-icon" }, glyph({ icon: "clipboard-list" })),
        h("p", { class: "lc-empty-title" }, t("mineEmptyTitle")),
        h("p", { class: "lc-empty-text" }, t("mineEmptyText")),
        h("a", { class: "btn btn-primary", href: "/khai/" }, t("declare")),
      ),
    );
  }

  private row(row: Kept): HTMLElement {
    const state = row.answer ? row.answer.result : "wait";
    const words = row.answer ? t(row.answer.result) : row.refused ? t("refusedTitle") : t("waiting");
    const text = h(
      "span",
      {},
      h("strong", {}, row.who || row.title[lang()]),
      h("span", { class: `lc-status lc-status-${state}` }, words),
      h("span", { class: "lc-tile-note" }, [displayMoment(row.at), row.placeName || row.title[lang()]].join(" · ")),
    );
    const show = h("button", { type: "button", class: "lc-tile lc-mine-row", "data-testid": "mine-open", "data-declaration": row.id, "data-state": row.answer ? "confirmed" : row.refused ? "refused" : "waiting", onclick: () => this.show(row.id) }, text, glyph({ icon: "chevron-right" }));
    return h("li", {}, show);
  }

  private show(id: string): void {
    this.open = id;
    history.pushState({ open: id }, "");
    void this.draw().then(() => window.scrollTo({ top: 0 }));
  }

  private async close(): Promise<void> {
    this.open = null;
    await this.draw();
  }

  private async drawOne(row: Kept): Promise<void> {
    const address = row.placeId && row.submission ? `/khai/${row.submission.place}/` : `/khai/mau/${row.form}/`;
    const bundle = await load(`/khai/form.json?form=${row.form}`).catch(() => null);
    const ways = { another: () => location.assign("/khai/"), fix: () => location.assign(address), rules: bundle?.rules ?? null };
    this.root.replaceChildren(
      this.back(),
      resultView(row, ways),
      h("div", { class: "lc-buttons lc-after" }, button(t("forget"), "outline-primary", () => void this.forget(row), { "data-testid": "mine-forget" })),
    );
  }

  private back(): HTMLElement {
    const face = button("", "outline-primary", () => history.back(), { class: "btn btn-outline-primary lc-back", "data-testid": "mine-back" });
    face.append(glyph({ icon: "arrow-left" }), t("mine"));
    return face;
  }

  private async forget(row: Kept): Promise<void> {
    const unsent = (await waiting()).some(({ submission }) => submission.id === row.id);
    if (!(await confirmed(t(unsent ? "forgetWaiting" : "forgetSure")))) return;
    await db.remove("queue", row.id);
    await db.remove("kept", row.id);
    await this.close();
  }

  private async foot(): Promise<HTMLElement> {
    const kept = (await navigator.storage?.persist?.().catch(() => false)) ?? false;
    return h(
      "div",
      { class: "lc-mine-foot" },
      h("p", { class: "lc-help", "data-testid": "persisted", "data-persisted": kept }, t(kept ? "kept" : "notKept")),
      button(t("forgetAll"), "link", () => void this.forgetAll(), { "data-testid": "forget-all" }),
    );
  }

  private async forgetAll(): Promise<void> {
    if (!(await confirmed(t("forgetAllSure")))) return;
    await db.forgetEverything();
    await this.close();
  }
}
