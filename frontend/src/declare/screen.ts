/** One screen of the form on the page: groups as cards, what isn't enabled hidden, refusals beside their fields. */
import { lang, t } from "../i18n";
import { type Item, isQuestion, walk } from "../kernel/questionnaire";
import { sentence } from "./bundle";
import type { Text } from "../kernel/questionnaire";
import { type Child, glyph, h, onceReleased } from "../shared/dom";
import { type Field, input, isSet } from "./inputs";
import { type Session, isBox } from "./session";
import { type Screen, canWait, extras } from "./steps";

export interface Words {
  readonly texts: Readonly<Record<string, Text>>;
}

export class ScreenView {
  readonly element: HTMLElement;
  private readonly nodes = new Map<string, HTMLElement>();

  constructor(
    private readonly screen: Screen,
    private readonly session: Session,
    private readonly words: Words,
    private readonly only: ReadonlySet<string> | null,
    private readonly changed: () => void,
  ) {
    this.element = h("div", { class: "lc-screen" }, ...screen.groups.map((item) => this.part(item, 0)));
    this.refresh();
    this.seeOpen();
  }

  /** Show what is enabled now, and the errors as they stand. */
  refresh(): void {
    const shown = this.session.shown();
    for (const [linkId, node] of this.nodes) node.hidden = !shown.has(linkId);
    for (const item of this.questions()) this.showError(item);
    this.seeOpen();
  }

  /** Open whatever hides a wrong field, and put the focus there. */
  focusFirstError(): void {
    const wrong = this.questions().find((item) => this.session.errors.has(item.linkId));
    const node = wrong && this.nodes.get(wrong.linkId);
    if (!node) return;
    for (let details = node.closest("details"); details; details = details.parentElement?.closest("details") ?? null) details.open = true;
    const control = node.querySelector<HTMLElement>("input:not([type=hidden]), select, textarea");
    control?.focus();
    node.scrollIntoView({ block: "center", behavior: "smooth" });
  }

  private questions(): Item[] {
    return walk(this.screen.groups).filter(isQuestion);
  }

  private part(item: Item, level: number): HTMLElement {
    if (item.type !== "group") {
      const leaf = this.leaf(item);
      if (level > 0 || item.type === "display") return leaf;
      const alone = h("section", { class: "lc-card" }, leaf);
      this.nodes.set(item.linkId, alone);
      return alone;
    }
    const node = level === 0 && canWait(item) ? this.waiting(item) : this.group(item, level);
    this.nodes.set(item.linkId, node);
    return node;
  }

  private group(item: Item, level: number): HTMLElement {
    const later = new Set(extras(item));
    const parts = item.items.filter((inner) => !later.has(inner) && this.asked(inner)).map((inner) => this.part(inner, level + 1));
    const rest = later.size > 0 ? this.details(t("more"), [...later].filter((inner) => this.asked(inner)), level + 1) : null;
    if (level > 0) return h("div", { class: "lc-group" }, h("h3", { class: "lc-group-title" }, item.text[lang()]), ...parts, rest);
    return h("section", { class: "lc-card" }, h("h2", { class: "lc-card-title" }, item.text[lang()]), ...parts, rest);
  }

  private asked(item: Item): boolean {
    return this.only === null || walk([item]).some((inner) => this.only?.has(inner.linkId));
  }

  private waiting(item: Item): HTMLElement {
    return h("section", { class: "lc-card lc-card-waiting" }, this.details(item.text[lang()], item.items, 1));
  }

  private details(title: string, items: readonly Item[], level: number): HTMLElement | null {
    if (items.length === 0) return null;
    const said = walk(items).some((inner) => ![undefined, false].includes(this.session.answers[inner.linkId] as undefined));
    const summary = h("summary", {}, h("span", {}, title), h("span", { class: "lc-optional" }, t("optional")), glyph({ icon: "chevron-down" }));
    const details = h("details", { class: "lc-more", open: said }, summary, ...items.map((inner) => this.part(inner, level)));
    details.addEventListener("toggle", () => this.seeOpen());
    return details;
  }

  /** What stands open before this person's eyes counts as seen. */
  private seeOpen(): void {
    for (const item of this.questions()) {
      const node = this.nodes.get(item.linkId);
      if (node && !node.closest("[hidden]") && !node.closest("details:not([open])")) this.session.seen.add(item.linkId);
    }
  }

  private leaf(item: Item): HTMLElement {
    if (item.type === "display") {
      const text = h("p", { class: "lc-note" }, item.text[lang()]);
      this.nodes.set(item.linkId, text);
      return text;
    }
    const node = this.field(item);
    this.nodes.set(item.linkId, node);
    return node;
  }

  private field(item: Item): HTMLElement {
    const id = `f-${item.linkId}`;
    const control = input(this.binding(item, id));
    const hint = item.hint ? h("p", { class: "lc-help", id: `${id}-hint` }, item.hint[lang()]) : null;
    const error = h("p", { class: "lc-wrong", id: `${id}-error`, hidden: true });
    const frame = { class: "lc-field", "data-field": item.linkId, "data-testid": `field-${item.linkId}` };
    if (isBox(item)) return h("div", frame, control, hint, error);
    if (isSet(item)) {
      const legend = h("legend", { class: "form-label" }, item.text[lang()], this.optional(item));
      return h("div", frame, h("fieldset", {}, legend, control), hint, error);
    }
    return h("div", frame, h("label", { class: "form-label", for: id }, item.text[lang()], this.optional(item)), control, hint, error);
  }

  private optional(item: Item): Child {
    return item.required ? null : h("span", { class: "lc-optional" }, ` ${t("optional")}`);
  }

  private binding(item: Item, id: string): Field {
    const { session } = this;
    return {
      item,
      id,
      today: session.today,
      value: session.answers[item.linkId],
      set: (value) => {
        session.set(item.linkId, value);
        this.refresh();
        this.changed();
      },
      left: () => {
        session.check(item.linkId);
        onceReleased(() => this.showError(item));
      },
    };
  }

  private showError(item: Item): void {
    const node = this.nodes.get(item.linkId);
    const line = node?.querySelector<HTMLElement>(`#f-${item.linkId}-error`);
    if (!node || !line) return;
    const error = this.session.errors.get(item.linkId);
    line.hidden = error === undefined;
    node.classList.toggle("lc-field-wrong", error !== undefined);
    for (const control of node.querySelectorAll("input:not([type=hidden]), select, textarea")) {
      control.classList.toggle("is-invalid", error !== undefined && control.classList.contains("form-control"));
      if (error) control.setAttribute("aria-invalid", "true");
      else control.removeAttribute("aria-invalid");
    }
    const text = error ? sentence(this.words.texts, error.code, error.params) : "";
    if (error && line.textContent !== text) line.replaceChildren(glyph({ icon: "alert-circle" }), h("span", {}, text));
    if (!error) line.replaceChildren();
  }
}
