/** A venue's door on the visitor's own phone: one big button in, one out, with and without a network. */
import { onLanguage, t } from "../i18n";
import { displayMoment } from "../kernel/dates";
import { announce, button, glyph, h, note } from "../shared/dom";
import { type Visit, adopt, enter, inside, leave, visits, waits } from "./moves";
import { onTold, tellNow } from "./teller";

const WHY = { visit_place_closed: "visitClosed", place_unknown: "visitUnknown" } as const;

/** What is wrong with a visit that the server refused. */
export function whyRefused(code: string): string {
  return t("visitRefused", { why: t(code in WHY ? WHY[code as keyof typeof WHY] : "visitOther") });
}

/** Whether the province has it yet. */
export function state(row: Visit): HTMLElement {
  if (row.refused !== null) return h("span", { class: "lc-visit-state lc-visit-refused", "data-state": "refused" }, glyph({ icon: "alert-circle" }), whyRefused(row.refused));
  if (waits(row)) return h("span", { class: "lc-visit-state", "data-state": "waiting" }, glyph({ icon: "clock" }), t("visitWaits"));
  return h("span", { class: "lc-visit-state", "data-state": "sent" }, glyph({ icon: "circle-check" }), t("visitSent"));
}

export class Door {
  private readonly code: string;
  private name: string;
  /** The visit that was begun, ended or refused while this page was open. */
  private shown: string | null = null;

  constructor(
    private readonly act: HTMLElement,
    root: HTMLElement,
  ) {
    this.code = root.dataset.code ?? location.pathname.split("/")[2]?.toUpperCase() ?? "";
    this.name = root.dataset.name ?? "";
  }

  async start(begun: string | undefined, at: string | undefined): Promise<void> {
    if (begun && at) await adopt(begun, this.code, this.name, Date.parse(at));
    this.name ||= (await visits()).find((row) => row.place === this.code && row.name)?.name ?? "";
    const heading = document.querySelector("h1");
    if (heading) heading.textContent = this.name || t("visitAt", { code: this.code });
    onLanguage(() => void this.draw());
    onTold(() => void this.draw());
    for (const change of ["online", "offline"]) window.addEventListener(change, () => void this.draw());
    await this.draw();
  }

  private async draw(): Promise<void> {
    const now = Date.now();
    const rows = await visits();
    const here = (await inside(this.code, now)) ?? rows.find((row) => row.id === this.shown);
    if (here) this.act.parentElement?.querySelector("[data-testid=full]")?.remove(); // it was said to who waits outside
    this.act.replaceChildren(...(navigator.onLine ? [] : [note(t("visitOffline"), "warn", "visit-offline")]), ...this.told(here));
  }

  private told(here: Visit | undefined): HTMLElement[] {
    if (!here) return [this.button("visitIn", "primary", "login", "go-in", () => this.come())];
    const again = this.button("visitAgain", "outline-primary", "login", "go-in", () => this.come());
    if (here.refused !== null) return [note(whyRefused(here.refused), "warn", "visit-refused"), again];
    if (here.outAt !== null) return [this.line(t("visitLeft", { time: displayMoment(here.outAt) }), here, "left"), again];
    return [
      this.line(t("visitSince", { time: displayMoment(here.inAt) }), here, "inside"),
      this.button("visitOut", "primary", "logout", "go-out", () => this.go(here)),
      h("p", { class: "lc-help" }, t("visitRemember")),
    ];
  }

  private line(text: string, row: Visit, testid: string): HTMLElement {
    return h("p", { class: "lc-venue-in", "data-testid": testid }, glyph({ icon: "circle-check" }), h("span", {}, text, h("br"), state(row)));
  }

  private button(words: "visitIn" | "visitOut" | "visitAgain", kind: "primary" | "outline-primary", icon: "login" | "logout", testid: string, act: () => Promise<void>): HTMLElement {
    const face = button("", kind, act, { class: `btn btn-${kind} lc-venue-button`, "data-testid": testid });
    face.append(icon === "login" ? glyph({ icon: "login" }) : glyph({ icon: "logout" }), t(words));
    return face;
  }

  private async come(): Promise<void> {
    const row = await enter(this.code, this.name, Date.now());
    await this.after(row, t("visitSince", { time: displayMoment(row.inAt) }));
  }

  private async go(visit: Visit): Promise<void> {
    const row = await leave(visit, Date.now());
    await this.after(row, t("visitLeft", { time: displayMoment(row.outAt ?? 0) }));
  }

  /** At once on the screen; the network takes its time. */
  private async after(row: Visit, said: string): Promise<void> {
    this.shown = row.id;
    await this.draw();
    announce(said);
    await tellNow();
    await this.draw();
  }
}
