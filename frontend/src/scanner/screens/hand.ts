/** Someone without any code: what they say or show, typed. */
import { isoOf, parseDate } from "../../kernel/dates";
import { InvalidInput } from "../../kernel/errors";
import { parseNationalId, parsePassport } from "../../kernel/identifiers";
import { parsePhone } from "../../kernel/phones";
import { type Kind, readingOf } from "../../kernel/reading";
import { cleanName } from "../../kernel/text";
import { h } from "../../shared/dom";
import type { PersonSaid } from "../engine/wire";
import { type Key, w } from "../words";
import { type Labelled, big, field, sheet } from "./parts";

export interface HandWays {
  code(text: string): unknown;
  /** `told`: the declaration's code on a printed card, "" for none. */
  person(person: PersonSaid, told: string): unknown;
}
interface Typed {
  readonly national_id: string;
  readonly insurance: string;
  readonly phone: string;
  readonly told: string;
}

const NOTHING: Typed = { national_id: "", insurance: "", phone: "", told: "" };
const NUMBERS: Partial<Record<Kind, keyof Typed>> = {
  cccd_number: "national_id", cmnd_number: "national_id", passport_number: "national_id", insurance_number: "insurance", phone: "phone", short_code: "told",
}; // prettier-ignore
/** What may be the number of a foreign passport. */
const DOUBTFUL: ReadonlySet<Kind> = new Set<Kind>(["unknown", "place_code"]);

/** What was typed as a number; null for a whole code, a card or a plate, which have readers of their own. Throws InvalidInput. */
export function typed(text: string): Typed | null {
  if (text.trim() === "") return NOTHING;
  const { kind, value } = readingOf(text);
  const role = NUMBERS[kind];
  if (role) return { ...NOTHING, [role]: value };
  return DOUBTFUL.has(kind) ? { ...NOTHING, national_id: numberOf(text.trim()) } : null;
}

function numberOf(text: string): string {
  return /^[0-9 .-]+$/.test(text) ? parseNationalId(text) : parsePassport(text);
}

/** The cleaned value, "" for nothing; null after saying what is wrong. */
function tried<T>(from: Labelled, clean: (text: string) => T, nothing: T, wrong: Key): T | null {
  const text = from.control.value.trim();
  if (text === "") return nothing;
  try {
    return clean(text);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    from.wrong(w(wrong));
    return null;
  }
}

export function askHand(ways: HandWays, gone: () => void): void {
  const code = field(w("handCode"), "", { autocapitalize: "characters", maxlength: "3000", "data-testid": "hand-code" });
  const name = field(w("handName"), "", { autocapitalize: "words", maxlength: "100", "data-testid": "hand-name" });
  const birth = field(w("handBirth"), "", { inputmode: "numeric", maxlength: "10", "data-testid": "hand-birth" });
  const phone = field(w("handPhone"), "", { type: "tel", maxlength: "20", "data-testid": "hand-phone" });
  const go = async (): Promise<void> => {
    const number = tried<Typed | "code">(code, (text) => typed(text) ?? "code", NOTHING, "wrongNumber");
    if (number === "code") {
      open.close();
      return void (await ways.code(code.control.value));
    }
    const said = {
      name: tried(name, cleanName, "", "wrongName"), birth: tried(birth, (text) => isoOf(parseDate(text)), "", "wrongBirth"),
      phone: tried(phone, parsePhone, "", "wrongPhone"),
    }; // prettier-ignore
    if (number === null || said.name === null || said.birth === null || said.phone === null) return;
    const { told, ...numbers } = number;
    if (!Object.values(number).some(Boolean) && !(said.name && said.birth)) return code.wrong(w("handEmpty"));
    open.close();
    await ways.person({ ...numbers, name: said.name, birth: said.birth, phone: said.phone || numbers.phone, sex: "", residence: "" }, told);
  };
  const submit = big(w("handGo"), go, { "data-testid": "hand-go" });
  const form = h("form", { class: "g-form", novalidate: true }, code.box, name.box, birth.box, phone.box, submit);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void go();
  });
  const open = sheet(w("handTitle"), "sheet-hand", [h("p", { class: "lc-help" }, w("handText")), form], gone);
}
