/** Declaring for someone without a phone: their card first, then a few questions on one screen. */
import type { Bundle as FormBundle } from "../../declare/bundle";
import { sentence } from "../../declare/bundle";
import { fillIn } from "../../declare/fill";
import { ScreenView } from "../../declare/screen";
import type { Session } from "../../declare/session";
import { lang } from "../../i18n";
import { displayDate, displayMoment } from "../../kernel/dates";
import { InvalidInput } from "../../kernel/errors";
import { readAny } from "../../kernel/identifiers";
import { parsePhone } from "../../kernel/phones";
import { type Item, isQuestion, walk } from "../../kernel/questionnaire";
import { cleanName } from "../../kernel/text";
import { drawing } from "../../shared/drawing";
import { glyph, h } from "../../shared/dom";
import { ASKED, type Officer, cardOf, declaredResult, formOf, sessionFor, submit } from "../engine/assist";
import { type Assisted, find } from "../engine/declarations";
import type { Device } from "../engine/device";
import { keep, kept } from "../engine/store";
import { w } from "../words";
import { big, field } from "./parts";

export interface AssistWays {
  /** Plate of the vehicle that stands there, "" without. */
  plate(): string;
  /** `result`: what the form's rules say, read on this device. */
  done(one: Assisted, result: string): unknown;
  /** The camera may be wanted now, or no more. */
  turned(): void;
}

export class Assist {
  readonly element = h("section", { class: "g-page g-assist", "data-testid": "assist" });
  private form: FormBundle | null = null;
  private officer: Officer | null = null;
  private session: Session | null = null;
  private views: ScreenView[] = [];

  constructor(
    private readonly device: Device,
    private readonly ways: AssistWays,
  ) {}

  /** Whether the camera's next text is a card for this screen. */
  get wantsCard(): boolean {
    return this.session === null && this.form !== null && this.officer !== null;
  }

  async start(): Promise<void> {
    this.element.replaceChildren(h("p", { role: "status" }, w("assistLoading")));
    this.form = await formOf(this.device);
    this.officer = (await kept<Officer>("state", "officer").catch(() => null)) ?? null;
    this.draw();
  }

  /** A card was read: fill in. False when the text is no card. */
  async card(text: string): Promise<boolean> {
    try {
      const card = readAny(text);
      this.begin();
      if (this.session) await fillIn(this.session, card);
      this.draw();
      return true;
    } catch (error) {
      if (error instanceof InvalidInput) return false;
      throw error;
    }
  }

  private begin(): void {
    if (!this.form || !this.officer) return;
    const plate = this.ways.plate();
    this.session = sessionFor(this.form, this.officer, plate ? { vehicle: "car", plate } : {});
  }

  private draw(): void {
    this.drawStep();
    this.ways.turned();
  }

  private drawStep(): void {
    const title = h("h2", {}, w("assistTitle"));
    if (!this.form) return this.element.replaceChildren(title, h("p", { class: "lc-help" }, w("assistNoForm")), big(w("again"), () => this.start()));
    if (!this.officer) return this.element.replaceChildren(title, this.askOfficer());
    if (!this.session) return this.element.replaceChildren(title, h("p", {}, w("assistCard")), this.typeButton());
    this.drawForm(title);
  }

  private typeButton(): HTMLElement {
    return big(w("assistType"), () => {
      this.begin();
      this.draw();
    }, { class: "g-second", "data-testid": "assist-type" }); // prettier-ignore
  }

  private askOfficer(): HTMLElement {
    const name = field(w("assistOfficerName"), "", { autocapitalize: "words", maxlength: "100", "data-testid": "officer-name" });
    const phone = field(w("assistOfficerPhone"), "", { type: "tel", maxlength: "20", "data-testid": "officer-phone" });
    const save = async (): Promise<void> => {
      const officer = { name: said(name.control.value, cleanName), phone: said(phone.control.value, parsePhone) };
      if (officer.name === null) return name.wrong(w("wrongName"));
      if (officer.phone === null) return phone.wrong(w("wrongPhone"));
      this.officer = officer as Officer;
      await keep("state", "officer", this.officer);
      this.draw();
    };
    return h("div", {}, h("h3", {}, w("assistOfficer")), name.box, phone.box, big(w("save"), save, { "data-testid": "officer-save" }));
  }

  private drawForm(title: HTMLElement): void {
    const session = this.session as Session;
    const form = this.form as FormBundle;
    const groups = form.form.items.filter((item) => walk([item]).some((inner) => ASKED.has(inner.linkId)));
    const filled = groups.filter((item) => isFilled(item, session));
    const view = (some: readonly Item[]): ScreenView => new ScreenView({ groups: some }, session, form, ASKED, () => undefined);
    const open = view(groups.filter((item) => !filled.includes(item)));
    const shut = filled.length ? view(filled) : null;
    this.views = shut ? [open, shut] : [open];
    const fromCard = shut && h("details", { class: "lc-more g-filled", "data-testid": "assist-filled" }, h("summary", {}, h("span", {}, summary(session)), glyph({ icon: "edit" })), shut.element);
    const errors = h("div", { class: "g-errors", role: "alert", hidden: true, "data-testid": "assist-errors" });
    const go = big(w("assistGo"), () => this.finish(errors), { "data-testid": "assist-go" });
    this.element.replaceChildren(title, fromCard ?? "", open.element, errors, h("div", { class: "g-thumb" }, go));
    this.element.scrollTo?.({ top: 0 });
  }

  private async finish(errors: HTMLElement): Promise<void> {
    const session = this.session as Session;
    const clean = session.clean();
    session.errors.clear();
    for (const error of clean.errors) session.errors.set(error.field, error);
    for (const view of this.views) view.refresh();
    errors.hidden = clean.errors.length === 0;
    if (clean.errors.length > 0) {
      errors.replaceChildren(h("p", {}, w("assistWrong", { n: clean.errors.length })), h("ul", {}, ...clean.errors.map((error) => h("li", {}, this.words(error.field, error.code, error.params)))));
      for (const view of [...this.views].reverse()) view.focusFirstError();
      return;
    }
    const one = await submit(this.device, clean, Date.now());
    this.session = null;
    await this.ways.done(one, declaredResult(this.form as FormBundle, clean.answers, Date.now()));
  }

  private words(linkId: string, code: string, params: Readonly<Record<string, unknown>>): string {
    const form = this.form as FormBundle;
    const item = form.form.byId.get(linkId);
    const label = item && isQuestion(item) ? item.text[lang()] : linkId;
    return `${label}: ${sentence(form.texts, code, params)}`;
  }
}

/** Nothing in a group is left to ask: it can stay folded, to be looked over. */
function isFilled(group: Item, session: Session): boolean {
  const asked = walk([group]).filter((item) => isQuestion(item) && item.required && session.shown().has(item.linkId));
  return group.type === "group" && asked.length > 0 && asked.every((item) => session.answers[item.linkId] !== undefined);
}

function summary({ answers }: Session): string {
  const birth = typeof answers.birth === "string" ? displayDate(answers.birth) : "";
  return [answers.name, birth, answers.national_id, answers.address].filter((word) => typeof word === "string" && word !== "").join(" · ");
}

function said(text: string, clean: (text: string) => string): string | null {
  try {
    return clean(text);
  } catch (error) {
    if (error instanceof InvalidInput) return null;
    throw error;
  }
}

/** The card to print: confirmed by the province where it has been, else plainly marked as not. */
export async function printCard(device: Device, id: string): Promise<void> {
  const one = await find(id);
  if (!one) return;
  const card = await cardOf(device, one, Date.now());
  const code = card ?? one.claim;
  document.querySelector(".g-card")?.remove();
  const status = card ? w("printConfirmed", { code: one.answer?.code ?? "" }) : w("printUnconfirmed");
  document.body.append(
    h(
      "section",
      { class: "g-card", "data-testid": "card", "data-qr": code, "data-confirmed": card !== null },
      h("div", { class: "g-card-qr" }, drawing(code, w("printTitle"))),
      h("div", {}, h("h2", {}, w("printTitle")), h("p", { class: "g-card-who" }, one.who), h("p", { class: "g-card-status" }, status), h("p", {}, displayMoment(Date.parse(one.submission.occurred_at)), " · ", device.place.name), h("p", {}, w("printHint"))),
    ),
  );
  window.print();
}
