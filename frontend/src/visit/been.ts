/** Where this phone has been: what the server knows of it, and what is only here yet. */
import { onLanguage, t } from "../i18n";
import { displayMoment } from "../kernel/dates";
import { glyph, h, note } from "../shared/dom";
import { state } from "./door";
import { type Visit, forget, visits } from "./moves";
import { onTold } from "./teller";

export class Been {
  /** Lines that the server drew, by visit. */
  private readonly known = new Map<string, Element>();
  private readonly list = h("ul", { class: "lc-list", "data-testid": "been-list" });

  private readonly form: HTMLFormElement | null;

  constructor(private readonly root: HTMLElement) {
    this.form = root.querySelector<HTMLFormElement>("form[data-forget]");
    for (const line of root.querySelectorAll<HTMLElement>("[data-visit]")) this.known.set(line.dataset.visit ?? "", line);
  }

  async start(): Promise<void> {
    onLanguage(() => void this.draw());
    onTold(() => void this.draw());
    this.form?.addEventListener("submit", (event) => void this.onForget(event));
    await this.draw();
  }

  private async draw(): Promise<void> {
    const rows = await visits();
    if (rows.length === 0 && this.known.size > 0) return;
    if (rows.length === 0) return this.root.replaceChildren(this.empty());
    const own = new Set(rows.map((row) => row.id));
    const others = [...this.known].filter(([id]) => !own.has(id)).map(([, line]) => line);
    this.list.replaceChildren(...rows.map((row) => this.line(row)), ...others);
    if (this.form) this.form.hidden = false;
    this.root.replaceChildren(this.list, this.form ?? h("p", { class: "lc-help" }, t("visitForgetOffline")));
  }

  private line(row: Visit): HTMLElement {
    const left = row.outAt === null ? ` · ${t("visitNoOut")}` : ` – ${displayMoment(row.outAt)}`;
    const times = h("span", { class: "lc-muted" }, displayMoment(row.inAt), left);
    const name = h("strong", {}, row.name || t("visitAt", { code: row.place }));
    return h("li", { "data-visit": row.id }, h("span", {}, name, h("br"), times, h("br"), state(row)));
  }

  private empty(): HTMLElement {
    const icon = h("span", { class: "lc-empty-icon" }, glyph({ icon: "map-pin-off" }));
    return h("div", { class: "lc-empty", "data-testid": "been-empty" }, icon, h("p", { class: "lc-empty-title" }, t("visitNone")), h("p", { class: "lc-empty-text" }, t("visitNoneText")));
  }

  /** First at the server, then here: what was never sent mustn't outlive the wish, what was sent must not stay there. */
  private async onForget(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form) }).catch(() => null);
    if (!answer?.ok) return this.root.prepend(note(t("visitForgetFailed"), "warn", "forget-failed"));
    await forget();
    location.reload();
  }
}
