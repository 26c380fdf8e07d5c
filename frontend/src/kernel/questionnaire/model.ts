/** The form in memory, read from the FHIR R4 Questionnaire that the server sends; as `lachan.kernel.questionnaire`. */

export type Lang = "vi" | "en";
export type Text = Readonly<Record<Lang, string>>;
export type Answer = string | number | boolean | null | readonly (string | number | boolean)[];
export type Answers = Record<string, Answer>;

export interface Condition {
  readonly question: string;
  readonly operator: string;
  readonly answer: string | number | boolean;
}
export interface Option {
  readonly code: string;
  readonly text: Text;
}
export interface Item {
  readonly linkId: string;
  readonly type: string;
  readonly text: Text;
  readonly hint: Text | null;
  readonly required: boolean;
  readonly repeats: boolean;
  readonly readOnly: boolean;
  readonly maxLength: number;
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly initial: Answer;
  readonly options: readonly Option[];
  readonly enableWhen: readonly Condition[];
  readonly anyCondition: boolean;
  readonly role: string;
  readonly format: string;
  /** A return visit asks it again. */
  readonly changes: boolean;
  readonly past: boolean;
  readonly withinDays: number;
  readonly parents: readonly string[];
  readonly items: readonly Item[];
}
export interface Form {
  readonly id: string;
  readonly version: string;
  readonly title: Text;
  readonly document: string;
  readonly items: readonly Item[];
  readonly byId: ReadonlyMap<string, Item>;
  /** linkIds in an order in which each comes after what its conditions ask. */
  readonly order: readonly string[];
}

type Raw = Record<string, unknown>;

const OWN = "https://lachan.vn/fhir/";
const FHIR = "http://hl7.org/fhir/StructureDefinition/";
const QUESTIONS = new Set(["boolean", "choice", "string", "text", "integer", "decimal", "date", "dateTime"]);

export function isQuestion(item: Item): boolean {
  return QUESTIONS.has(item.type);
}

export function walk(items: readonly Item[]): Item[] {
  return items.flatMap((item) => [item, ...walk(item.items)]);
}

/** The form of a resource. The server has checked it: anything odd in it is a fault, not an input. */
export function readForm(raw: Raw): Form {
  const items = readItems(raw.item, [], false);
  const byId = new Map(walk(items).map((item) => [item.linkId, item]));
  return {
    id: String(raw.id),
    version: String(raw.version),
    title: textOf(raw, "title"),
    document: String(extensionsOf(raw).get(`${OWN}document`) ?? ""),
    items,
    byId,
    order: orderOf(byId),
  };
}

function readItems(raw: unknown, parents: readonly string[], changes: boolean): Item[] {
  return ((raw ?? []) as Raw[]).map((item) => readItem(item, parents, changes));
}

function readItem(raw: Raw, parents: readonly string[], inherited: boolean): Item {
  const own = extensionsOf(raw);
  const linkId = String(raw.linkId);
  const changes = Boolean(own.get(`${OWN}changes`) ?? inherited);
  const number = (url: string): number | null => (own.has(url) ? Number(own.get(url)) : null);
  return {
    linkId,
    type: String(raw.type),
    text: textOf(raw, "text"),
    hint: hintOf(raw),
    required: raw.required === true,
    repeats: raw.repeats === true,
    readOnly: raw.readOnly === true,
    maxLength: Number(raw.maxLength ?? 0),
    minimum: number(`${FHIR}minValue`),
    maximum: number(`${FHIR}maxValue`),
    initial: valueOf((raw.initial as Raw[] | undefined)?.[0], "value"),
    options: ((raw.answerOption ?? []) as Raw[]).map(optionOf),
    enableWhen: ((raw.enableWhen ?? []) as Raw[]).map(conditionOf),
    anyCondition: raw.enableBehavior === "any",
    role: String(own.get(`${OWN}role`) ?? ""),
    format: String(own.get(`${OWN}format`) ?? ""),
    changes,
    past: own.get(`${OWN}past`) === true,
    withinDays: Number(own.get(`${OWN}within-days`) ?? 0),
    parents,
    items: readItems(raw.item, [...parents, linkId], changes),
  };
}

function extensionsOf(raw: Raw): Map<string, unknown> {
  return new Map(((raw.extension ?? []) as Raw[]).map((extension) => [String(extension.url), valueOf(extension, "value")]));
}

/** The `value[x]` or `answer[x]` of an element; of a coding its code. */
function valueOf(raw: Raw | undefined, prefix: string): Answer {
  const key = Object.keys(raw ?? {}).find((name) => name.startsWith(prefix));
  const value = key === undefined ? null : raw?.[key];
  return value !== null && typeof value === "object" ? String((value as Raw).code) : (value as Answer);
}

function conditionOf(raw: Raw): Condition {
  const answer = valueOf(raw, "answer") as Condition["answer"];
  return { question: String(raw.question), operator: String(raw.operator), answer };
}

function optionOf(raw: Raw): Option {
  const coding = raw.valueCoding as Raw;
  return { code: String(coding.code), text: textOf(coding, "display") };
}

function hintOf(raw: Raw): Text | null {
  const hint = ((raw.extension ?? []) as Raw[]).find((extension) => extension.url === `${OWN}hint`);
  return hint ? textOf(hint, "valueString") : null;
}

function textOf(raw: Raw, key: string): Text {
  const vi = String(raw[key] ?? "");
  const translations = ((raw[`_${key}`] as Raw | undefined)?.extension ?? []) as Raw[];
  for (const translation of translations) {
    const parts = extensionsOf(translation);
    if (parts.get("lang") === "en") return { vi, en: String(parts.get("content")) };
  }
  return { vi, en: vi };
}

function orderOf(byId: ReadonlyMap<string, Item>): string[] {
  const done = new Set<string>();
  const visit = (linkId: string): void => {
    const item = byId.get(linkId);
    if (item === undefined || done.has(linkId)) return;
    for (const needed of [...item.parents, ...item.enableWhen.map((condition) => condition.question)]) visit(needed);
    done.add(linkId);
  };
  for (const linkId of byId.keys()) visit(linkId);
  return [...done];
}

/** The questions that a return visit inside the window asks again. */
export function returnVisit(form: Form): Item[] {
  return [...form.byId.values()].filter((item) => isQuestion(item) && item.changes);
}
