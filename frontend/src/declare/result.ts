/** What came of a declaration, on this phone: confirmed, waiting or refused; the codes to show; the card to print. */
import { lang, t } from "../i18n";
import { displayMoment } from "../kernel/dates";
import type { Result, RuleSet } from "../kernel/decisions";
import { type Child, announce, button, glyph, h, note, svg } from "../shared/dom";
import { drawing } from "../shared/drawing";
import * as db from "../shared/db";
import { claimOf, living, nationalQr, orphaned, shownPass } from "./pass";
import { sendNow } from "./sender";
import type { Kept, Reason } from "./wire";

const NUMBER: Record<Result, string> = { green: "1", attention: "2", stop: "3" };

/** Ways on from here, which depend on the page that shows the result. */
export interface Ways {
  readonly another: () => void;
  readonly fix: (kept: Kept) => void;
  /** For the reasons in the other language, where the rules are at hand. */
  readonly rules: RuleSet | null;
}

export function resultView(kept: Kept, ways: Ways): HTMLElement {
  if (kept.refused) return refused(kept, ways);
  return kept.answer ? confirmed(kept, ways) : waiting(kept, ways);
}

function confirmed(kept: Kept, ways: Ways): HTMLElement {
  const answer = kept.answer;
  if (!answer) return h("div");
  const expires = Date.parse(answer.expires_at);
  return h(
    "div",
    { class: "lc-result", "data-testid": "result", "data-result": answer.result, "data-declaration": kept.id, "data-confirmed": "true" },
    decision(answer.result, reasonsOf(kept, ways.rules), answer.code, Date.parse(answer.recorded_at)),
    answer.pass ? passCard(kept, answer.pass, expires) : null,
    identityCard(kept),
    actions(kept, ways),
  );
}

/** The reasons in the page's language: by the rule's id where the rules are known, else as the server wrote them. */
function reasonsOf(kept: Kept, rules: RuleSet | null): Reason[] {
  const known = new Map([...(rules?.rules ?? []), ...(rules ? [rules.fallback, rules.broken] : [])].map((rule) => [rule.rule, rule]));
  return (kept.answer?.reasons ?? []).map((reason) => {
    const rule = known.get(reason.rule);
    return rule ? { ...reason, text: rule.text[lang()], advice: rule.advice[lang()] } : reason;
  });
}

export function decision(result: Result, reasons: readonly Reason[], code: string, recorded: number): HTMLElement {
  const advice = unique(reasons.map((reason) => reason.advice));
  const documents = unique(reasons.map((reason) => reason.document));
  const head = h(
    "div",
    { class: "lc-decision-head" },
    shape(result),
    h(
      "div",
      {},
      h("h2", { class: "lc-decision-words", id: "decision-words", "data-testid": "decision-words" }, t(result)),
      h("p", { class: "lc-decision-code" }, h("span", {}, t("code")), " ", h("strong", { "data-testid": "code" }, code)),
      h("p", { class: "lc-decision-time" }, t("recordedAt", { time: displayMoment(recorded) })),
    ),
  );
  const body = h(
    "div",
    { class: "lc-decision-body" },
    ...section(t("why"), "ul", "lc-reasons", unique(reasons.map((reason) => reason.text))),
    ...section(t("whatNext"), "ol", "lc-advice", advice),
    documents.length > 0 && h("p", { class: "lc-documents" }, glyph({ icon: "file-text" }), h("span", {}, t("asOf", { document: documents.join("; ") }))),
  );
  return h("section", { class: `lc-decision lc-decision-${result}`, "aria-labelledby": "decision-words" }, head, body);
}

function shape(result: Result): SVGElement {
  const frame = { class: "lc-decision-shape", viewBox: "0 0 100 100", role: "img", "aria-label": t("level", { n: NUMBER[result] }) };
  const outline = {
    green: svg("circle", { cx: 50, cy: 50, r: 46 }),
    attention: svg("path", { d: "M50 5 97 92H3z" }),
    stop: svg("path", { d: "M30 4h40l26 26v40L70 96H30L4 70V30z" }),
  }[result];
  const y = result === "attention" ? 80 : 70;
  return svg("svg", frame, outline, svg("text", { x: 50, y, "text-anchor": "middle" }, NUMBER[result]));
}

function section(title: string, list: "ul" | "ol", style: string, lines: readonly string[]): Child[] {
  if (lines.length === 0) return [];
  return [h("h3", {}, title), h(list, { class: style }, ...lines.map((line) => h("li", {}, line)))];
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts.filter(Boolean))];
}

function passCard(kept: Kept, pass: string, expires: number): HTMLElement {
  const label = t("passAlt", { code: kept.answer?.code ?? "" });
  const over = Date.now() >= expires;
  const code = over ? note(t("passExpired"), "warn") : living((now) => shownPass(pass, now), label);
  if (!over) void orphaned(pass).then((gone) => gone && code.after(note(t("passOldKey"), "warn", "pass-old-key")));
  return h(
    "section",
    { class: "lc-card lc-pass", "data-testid": "pass" },
    h("h2", { class: "lc-card-title" }, glyph({ icon: "qrcode" }), t("passTitle")),
    code,
    h("p", { class: "lc-pass-who" }, kept.who),
    h("p", { class: "lc-pass-code" }, kept.answer?.code ?? ""),
    !over && h("p", { class: "lc-help" }, t("passHint")),
    h("p", { class: "lc-help" }, t("validUntil", { time: displayMoment(expires) })),
  );
}

function identityCard(kept: Kept): HTMLElement | null {
  const { identity } = kept;
  if (identity === null) return null;
  const text = nationalQr(identity);
  const body = text
    ? [h("div", { class: "lc-qr-box", "data-testid": "national-qr", "data-qr": text }, drawing(text, t("nationalAlt", { name: kept.who }))), h("p", { class: "lc-help" }, t("nationalHint"))]
    : [h("p", { class: "lc-help" }, t("nationalNone"))];
  const summary = h("summary", {}, glyph({ icon: "id" }), h("span", {}, t("nationalTitle")), glyph({ icon: "chevron-down" }));
  return h("section", { class: "lc-card lc-card-waiting" }, h("details", { class: "lc-more", "data-testid": "national" }, summary, ...body));
}

function actions(kept: Kept, ways: Ways): HTMLElement {
  const slot = h("div", { class: "lc-card-slot" });
  const card = button(t("card"), "outline-primary", () => void showCard(kept, slot), { "data-testid": "card" });
  return h(
    "div",
    {},
    h(
      "div",
      { class: "lc-buttons lc-after" },
      button(t("another"), "outline-primary", ways.another, { "data-testid": "another" }),
      kept.answer?.pass ? card : null,
      h("a", { class: "btn btn-primary", href: "/cua-toi/", "data-testid": "to-mine" }, t("mine")),
    ),
    slot,
  );
}

/** The paper card: its serial is signed by the server, the rest is put on it here. */
async function showCard(kept: Kept, slot: HTMLElement): Promise<void> {
  const code = await cardCode(kept).catch(() => null);
  if (code === null) {
    slot.replaceChildren(note(t("cardFailed"), "warn"));
    return;
  }
  slot.replaceChildren(
    h(
      "section",
      { class: "lc-card lc-print-card", "data-testid": "print-card", "data-qr": code },
      h("div", { class: "lc-print-card-qr" }, drawing(code, t("cardTitle"))),
      h(
        "div",
        {},
        h("h2", {}, t("cardTitle")),
        h("p", { class: "lc-print-card-who" }, kept.who),
        h("p", { class: "lc-pass-code" }, kept.answer?.code ?? ""),
        h("p", {}, t("recordedAt", { time: displayMoment(Date.parse(kept.answer?.recorded_at ?? "")) })),
        h("p", {}, t("cardText")),
        h("p", { class: "lc-help" }, t("cardSize")),
      ),
    ),
    button(t("print"), "primary", () => window.print(), { "data-testid": "print" }),
  );
  slot.scrollIntoView({ block: "nearest", behavior: "smooth" });
}

async function cardCode(kept: Kept): Promise<string | null> {
  const pass = kept.answer?.pass;
  if (!pass) return null;
  const body = JSON.stringify({ id: kept.id, shown: await shownPass(pass, Date.now()) });
  const answer = await fetch("/khai/the.json", { method: "POST", headers: { "content-type": "application/json" }, body });
  return answer.ok ? ((await answer.json()) as { card: string }).card : null;
}

// Waiting: kept on this phone, confirmed by nobody.

function waiting(kept: Kept, ways: Ways): HTMLElement {
  const status = h("p", { class: "lc-help", role: "status", "data-testid": "queue-status" });
  const again = button(t("tryNow"), "primary", () => void retry(status), { "data-testid": "try-now" });
  return h(
    "div",
    { class: "lc-result", "data-testid": "result", "data-declaration": kept.id, "data-confirmed": "false" },
    h(
      "section",
      { class: "lc-decision lc-decision-waiting", "aria-labelledby": "waiting-words" },
      h(
        "div",
        { class: "lc-decision-head" },
        h("span", { class: "lc-waiting-sign" }, glyph({ icon: "cloud-off" })),
        h(
          "div",
          {},
          h("h2", { class: "lc-decision-words", id: "waiting-words" }, t("waitingTitle")),
          h("p", { class: "lc-decision-code" }, t("waitingWords")),
          h("p", { class: "lc-decision-time" }, t("declaredAt", { time: displayMoment(kept.at) })),
        ),
      ),
      h("div", { class: "lc-decision-body" }, h("p", { class: "mt-3" }, t("waitingText")), ...adviceOf(kept), h("div", { class: "lc-buttons" }, again), status),
    ),
    claimCard(kept),
    h("div", { class: "lc-buttons lc-after" }, button(t("another"), "outline-primary", ways.another, { "data-testid": "another" }), h("a", { class: "btn btn-outline-primary", href: "/cua-toi/" }, t("mine"))),
  );
}

function adviceOf(kept: Kept): Child[] {
  if (kept.advice.length === 0) return [];
  const lines = kept.advice.map(({ text, advice }) => h("li", {}, h("strong", {}, `${text[lang()]}. `), advice[lang()]));
  return [h("h3", {}, t("waitingAdvice")), h("ul", { class: "lc-advice", "data-testid": "waiting-advice" }, ...lines)];
}

async function retry(status: HTMLElement): Promise<void> {
  status.textContent = t("sending");
  const seconds = await sendNow();
  status.textContent = seconds === null ? "" : navigator.onLine ? t("retryAt", { seconds: Math.ceil(seconds) }) : t("offline");
  announce(status.textContent);
}

function claimCard(kept: Kept): HTMLElement {
  const slot = h("div", {});
  const { submission } = kept;
  if (submission) void fillClaim(slot, submission, kept);
  return h("section", { class: "lc-card lc-pass lc-pass-waiting", "data-testid": "claim" }, slot, h("p", { class: "lc-pass-who" }, kept.who), h("p", { class: "lc-help" }, t("waitingHint")));
}

async function fillClaim(slot: HTMLElement, submission: NonNullable<Kept["submission"]>, kept: Kept): Promise<void> {
  const claim = await claimOf(submission, kept.placeId);
  slot.replaceChildren(claim ? living((now) => shownPass(claim, now), t("waitingAlt")) : note(t("notSecure"), "warn"));
}

function refused(kept: Kept, ways: Ways): HTMLElement {
  const lines = (kept.refused ?? []).map((one) => h("li", {}, one.message || one.code));
  return h(
    "div",
    { class: "lc-result", "data-testid": "result", "data-declaration": kept.id, "data-confirmed": "refused" },
    h("section", { class: "lc-errors", role: "alert" }, h("p", { class: "lc-errors-title" }, glyph({ icon: "alert-circle" }), t("refusedTitle")), h("p", {}, t("refusedText")), h("ul", {}, ...lines)),
    h("div", { class: "lc-buttons" }, button(t("fix"), "primary", () => ways.fix(kept), { "data-testid": "fix" })),
  );
}

export async function latest(id: string): Promise<Kept | undefined> {
  return db.get<Kept>("kept", id);
}
