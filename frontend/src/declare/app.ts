/** Filling in a declaration on the phone: screens, draft, return visits, scanning, sending. */
import { canComeAnew, lang, onLanguage, t } from "../i18n";
import { base64url } from "../kernel/codes/bytes";
import { decide, derived } from "../kernel/decisions";
import { displayDate, localDay } from "../kernel/dates";
import { InvalidInput } from "../kernel/errors";
import { readAny } from "../kernel/identifiers";
import { uuid7 } from "../kernel/ids";
import { type Answers, type Clean, returnVisit } from "../kernel/questionnaire";
import { type Bundle, sentence } from "./bundle";
import * as db from "../shared/db";
import { announce, button, glyph, h, note } from "../shared/dom";
import * as drafts from "./draft";
import { fillIn } from "./fill";
import * as people from "./people";
import { add, onSettled } from "./queue";
import { latest, resultView } from "./result";
import { scan } from "./scan";
import { ScreenView } from "./screen";
import { sendNow } from "./sender";
import { Session } from "./session";
import { troubles } from "./troubles";
import { type Screen, linkIds, screens } from "./steps";
import type { Identity, Kept, Submission } from "./wire";

const ANSWER_PATIENCE_MS = 8000;
const SAME_DRAFT = "lc-same-draft";

/** Whether this page only came anew to change its language. */
function sameVisit(key: string): boolean {
  try {
    const same = sessionStorage.getItem(SAME_DRAFT) === key;
    sessionStorage.removeItem(SAME_DRAFT);
    return same;
  } catch {
    return false; // storage switched off
  }
}

export class App {
  private session: Session;
  private person: people.Person | null = null;
  private returning: people.Person[] = [];
  private step = 0;
  private view: ScreenView | null = null;
  private kept: Kept | null = null;
  private notes: HTMLElement[] = [];
  private readonly draftKey: string;

  constructor(
    private readonly root: HTMLElement,
    private readonly bundle: Bundle,
    typed: Answers,
  ) {
    this.draftKey = drafts.keyOf(bundle.form.id, bundle.place?.code ?? "");
    this.session = new Session(bundle.form, typed);
  }

  async start(): Promise<void> {
    onLanguage(() => this.draw());
    onSettled((id) => void this.settled(id));
    window.addEventListener("online", () => this.draw());
    window.addEventListener("offline", () => this.draw());
    this.returning = await people.returning(this.bundle.form, this.bundle.rules.returnWindowDays, Date.now());
    await this.reopen();
    await db.holder().catch(() => null); // mended now, not when it is needed
    if (!(await db.persistent())) this.notes.push(note(t("noStorage"), "warn", "no-storage"));
    this.notes.push(...troubles());
    if (globalThis.crypto?.subtle === undefined) this.notes.push(note(t("notSecure"), "warn", "not-secure"));
    this.draw();
  }

  /** Whether the page may come anew without anything being lost: the draft is on disk, and there is somewhere to come from. */
  async canReload(): Promise<boolean> {
    if (this.kept || !canComeAnew() || globalThis.crypto?.subtle === undefined || !(await db.persistent())) return false;
    if (this.returning.length > 0 && !this.person) return true;
    await drafts.saveNow(this.draftKey, this.draft());
    sessionStorage.setItem(SAME_DRAFT, this.draftKey);
    return true;
  }

  private draft(): drafts.Draft {
    return { answers: this.session.answers, step: this.step, person: this.person?.key ?? null };
  }

  private async reopen(): Promise<void> {
    const draft = await drafts.read(this.draftKey);
    if (!draft) return;
    this.person = this.returning.find((person) => person.key === draft.person) ?? null;
    if (draft.person !== null && this.person === null) return; // its window has passed: everything is asked again
    this.session = new Session(this.bundle.form, { ...draft.answers, ...this.session.answers, ...draft.answers });
    this.step = Math.min(draft.step, this.screens().length - 1);
    this.returning = [];
    if (sameVisit(this.draftKey)) return;
    const again = button(t("startOver"), "link", () => void this.startOver(), { "data-testid": "start-over" });
    const strip = note(t("draftBack"), "info", "draft-back");
    strip.append(again);
    this.notes.push(strip);
  }

  private async startOver(): Promise<void> {
    await drafts.forget(this.draftKey);
    this.session = new Session(this.bundle.form);
    this.person = null;
    this.kept = null;
    this.step = 0;
    this.notes = [];
    this.returning = await people.returning(this.bundle.form, this.bundle.rules.returnWindowDays, Date.now());
    this.draw(true);
  }

  /** On a return visit only what can change is asked. */
  private only(): ReadonlySet<string> | null {
    return this.person ? new Set(returnVisit(this.bundle.form).map((item) => item.linkId)) : null;
  }

  private screens(): Screen[] {
    return screens(this.bundle.form, this.only());
  }

  // Drawing

  private draw(moved = false): void {
    this.head();
    if (this.kept) return this.drawResult(moved);
    if (this.returning.length > 0 && !this.person) return this.drawChoice();
    const all = this.screens();
    const screen = all[this.step] ?? all[0];
    if (!screen) return;
    this.view = new ScreenView(screen, this.session, this.bundle, this.only(), () => this.save());
    this.root.replaceChildren(
      ...this.strips(),
      this.progress(all.length),
      ...(this.person ? [this.personStrip(this.person)] : []),
      ...(this.step === 0 && !this.person ? [this.scanButton()] : []),
      h("form", { class: "lc-declare-form", novalidate: true, "data-testid": "form", onsubmit: (event: SubmitEvent) => this.onSubmit(event, all.length) }, this.view.element, this.bar(all.length)),
      h("p", { class: "lc-help lc-document" }, t("asOf", { document: this.bundle.form.document })),
    );
    if (moved) this.toTop();
  }

  /** The page's own heading, which the server wrote in the language of its time, or not at all in the shell. */
  private head(): void {
    const heading = document.querySelector("h1");
    if (heading && !this.kept) heading.textContent = this.bundle.form.title[lang()];
    if (heading && this.kept) heading.textContent = t("result");
    const { place } = this.bundle;
    if (!heading || !place || document.querySelector(".lc-at-place")) return;
    const where = h("span", {}, h("strong", {}, place.name), place.where ? h("br") : null, place.where);
    heading.after(h("p", { class: "lc-lead lc-at-place" }, glyph({ icon: "map-pin" }), where));
  }

  private strips(): HTMLElement[] {
    return navigator.onLine ? this.notes : [...this.notes, note(t("offline"), "warn", "offline")];
  }

  private progress(of: number): HTMLElement {
    if (of < 2) return h("div", { hidden: true });
    const words = t("step", { n: this.step + 1, of });
    const parts = Array.from({ length: of }, (_, at) => h("span", { class: at <= this.step ? "is-done" : null }));
    return h("div", { class: "lc-steps", "data-testid": "steps", "data-step": this.step + 1, "data-of": of }, h("p", {}, words), h("div", { "aria-hidden": "true" }, ...parts));
  }

  private personStrip(person: people.Person): HTMLElement {
    const all = button(t("returnAll"), "link", () => this.askEverything(), { "data-testid": "return-all" });
    const strip = note(t("welcome", { name: person.name }), "info", "returning");
    strip.append(all);
    return strip;
  }

  private scanButton(): HTMLElement {
    const face = button("", "outline-primary", () => void this.scanCard(), { class: "btn btn-outline-primary lc-scan-button", "data-testid": "scan-card" });
    face.append(glyph({ icon: "scan" }), h("span", {}, t("scanCard")));
    return face;
  }

  private bar(of: number): HTMLElement {
    const last = this.step === of - 1;
    const back = this.step > 0 && button(t("back"), "outline-primary", () => this.go(this.step - 1), { "data-testid": "back" });
    const on = h("button", { type: "submit", class: "btn btn-primary lc-bar-main", "data-testid": last ? "submit" : "next" }, last ? t("send") : t("next"));
    return h("div", { class: "lc-bar" }, back, on);
  }

  private drawChoice(): void {
    const days = this.bundle.rules.returnWindowDays;
    const tiles = this.returning.map((person) => {
      const words = h("span", {}, h("strong", {}, t("returnUse", { name: person.name })), h("br"), t("returnText", { date: displayDate(person.day), days }));
      return h("button", { type: "button", class: "lc-tile", "data-testid": "return-use", onclick: () => this.useReturn(person) }, glyph({ icon: "user" }), words, glyph({ icon: "chevron-right" }));
    });
    const other = h("button", { type: "button", class: "lc-tile", "data-testid": "return-other", onclick: () => this.useNobody() }, glyph({ icon: "user-plus" }), h("span", {}, t("returnOther")), glyph({ icon: "chevron-right" }));
    this.root.replaceChildren(...this.strips(), h("section", { class: "lc-card", "data-testid": "return-choice" }, h("div", { class: "lc-tiles" }, ...tiles, other)));
  }

  private useReturn(person: people.Person): void {
    this.person = person;
    this.session = new Session(this.bundle.form, person.answers);
    this.step = 0;
    this.draw(true);
  }

  private useNobody(): void {
    this.returning = [];
    this.draw(true);
  }

  private askEverything(): void {
    this.person = null;
    this.returning = [];
    this.step = 0;
    this.save();
    this.draw(true);
  }

  private toTop(): void {
    const heading = document.querySelector<HTMLElement>("h1");
    heading?.setAttribute("tabindex", "-1");
    heading?.focus({ preventScroll: true });
    window.scrollTo({ top: 0 });
  }

  // Moving

  private go(step: number): void {
    this.step = step;
    this.save();
    this.draw(true);
    announce(t("step", { n: step + 1, of: this.screens().length }));
  }

  private save(): void {
    drafts.save(this.draftKey, this.draft());
  }

  private onSubmit(event: Event, of: number): void {
    event.preventDefault();
    const screen = this.screens()[this.step];
    if (!screen || !this.view) return;
    if (!this.session.checkAll(linkIds(screen))) {
      this.view.refresh();
      this.view.focusFirstError();
      announce(t("errorsTitle", { n: this.session.errors.size }));
      return;
    }
    if (this.step < of - 1) this.go(this.step + 1);
    else void this.send();
  }

  private async scanCard(): Promise<void> {
    const text = await scan((code) => this.wrongCard(code));
    if (text === null) return;
    await fillIn(this.session, readAny(text));
    this.save();
    this.draw();
    const strip = note(t("scanFilled"), "info", "scan-filled");
    this.root.querySelector(".lc-scan-button")?.after(strip);
    announce(t("scanFilled"));
  }

  private wrongCard(code: string): string | null {
    try {
      readAny(code);
      return null;
    } catch (error) {
      if (error instanceof InvalidInput) return sentence(this.bundle.texts, error.code, error.params);
      throw error;
    }
  }

  // Sending

  private async send(): Promise<void> {
    const clean = this.session.clean();
    const wrong = clean.errors[0];
    if (wrong) return this.backTo(wrong.field, clean);
    const submit = this.root.querySelector<HTMLButtonElement>("[data-testid=submit]");
    if (submit) {
      submit.disabled = true;
      submit.textContent = t("sending");
    }
    const now = Date.now();
    const submission = await this.submission(clean, now);
    const kept = this.keep(clean, submission, now);
    await add(submission, kept);
    await people.remember(this.bundle.form, clean.answers, kept.who, now, this.person);
    await drafts.forget(this.draftKey);
    await Promise.race([sendNow(), new Promise((resolve) => window.setTimeout(resolve, ANSWER_PATIENCE_MS))]);
    this.kept = (await latest(kept.id)) ?? kept;
    history.replaceState(null, "", location.pathname + location.search);
    this.draw(true);
    void navigator.storage?.persist?.();
  }

  /** Something on another screen, or not asked on this visit, is wrong: go there. */
  private backTo(field: string, clean: Clean): void {
    for (const error of clean.errors) this.session.errors.set(error.field, error);
    const asked = (): number => this.screens().findIndex((screen) => linkIds(screen).includes(field));
    const only = this.only();
    if (this.person && !only?.has(field)) this.askEverything();
    const at = asked();
    if (at >= 0) this.go(at);
    for (const error of clean.errors) this.session.errors.set(error.field, error);
    this.view?.refresh();
    this.view?.focusFirstError();
  }

  private async submission(clean: Clean, now: number): Promise<Submission> {
    const own = await db.holder().catch(() => null);
    return {
      id: uuid7(now),
      form: this.bundle.form.id,
      place: this.bundle.place?.code ?? "",
      answers: clean.answers,
      occurred_at: new Date(now).toISOString(),
      lang: lang(),
      holder: own ? base64url(own.raw) : null,
      channel: "page",
    };
  }

  private keep(clean: Clean, submission: Submission, now: number): Kept {
    const { record } = clean;
    const words = (role: string): string => (typeof record[role] === "string" ? String(record[role]) : "");
    const identity: Identity = {
      number: words("national_id") || words("passport"),
      name: words("name"),
      birth: words("birth"),
      proxy: words("proxy_name") !== "",
      sex: words("sex"),
      insurance: words("insurance"),
      phone: words("phone"),
    };
    const { form, place } = this.bundle;
    return {
      id: submission.id, form: form.id, title: form.title, placeId: place?.id || null, placeName: place?.name ?? "", who: words("name"),
      at: now, identity: identity.name && identity.birth ? identity : null, advice: this.advice(clean, now), submission, answer: null, refused: null,
    }; // prettier-ignore
  }

  /** What the rules say by themselves, for whoever has no network: warnings only, since only the server lets anyone in. */
  private advice(clean: Clean, now: number): Kept["advice"] {
    const context = { ...derived(clean.answers, localDay(now)), form: this.bundle.form.id, area_level_from: null };
    const found = decide(this.bundle.rules, clean.answers, context);
    return found.result === "green" ? [] : found.reasons.map(({ text, advice }) => ({ text, advice }));
  }

  private async settled(id: string): Promise<void> {
    if (this.kept?.id !== id) return;
    const kept = await latest(id);
    if (!kept) return;
    this.kept = kept;
    this.draw(true);
    if (kept.answer) announce(`${t("result")}: ${t(kept.answer.result)}`);
  }

  private drawResult(moved: boolean): void {
    if (!this.kept) return;
    const ways = { another: () => void this.startOver(), fix: (kept: Kept) => void this.fix(kept), rules: this.bundle.rules };
    this.root.replaceChildren(resultView(this.kept, ways));
    if (moved) this.toTop();
  }

  /** The server refused: back to the form with everything in it and the refusals beside their fields. */
  private async fix(kept: Kept): Promise<void> {
    const { submission } = kept;
    if (!submission) return;
    this.session = new Session(this.bundle.form, submission.answers);
    this.kept = null;
    this.person = null;
    this.returning = [];
    for (const one of kept.refused ?? []) this.session.errors.set(one.field, { field: one.field, code: one.code, params: {} });
    const first = kept.refused?.[0]?.field ?? "";
    this.step = Math.max(0, this.screens().findIndex((screen) => linkIds(screen).includes(first)));
    await db.remove("kept", kept.id);
    this.save();
    this.draw(true);
    this.view?.focusFirstError();
  }
}
