/** Someone without any code: what they say or show, typed. */
import { isoOf, parseDate } from "../../kernel/dates";
import { InvalidInput } from "../../kernel/errors";
import { parseNationalId, parsePassport, sniff } from "../../kernel/identifiers";
import { parsePhone } from "../../kernel/phones";
import { cleanName } from "../../kernel/text";
import { h } from "../../shared/dom";
import type { PersonSaid } from "../engine/wire";
import { type Key, w } from "../words";
import { type Labelled, big, field, sheet } from "./parts";

export interface HandWays {
  code(text: string): unknown;
  person(person: PersonSaid): unknown;
}

function numberOf(text: string): string {
  return /^[0-9 .-]+$/.test(text) ? parseNationalId(text) : parsePassport(text);
}

/** The cleaned value, "" for nothing; null after saying what is wrong. */
function tried(from: Labelled, clean: (text: string) => string, wrong: Key): string | null {
  const text = from.control.value.trim();
  if (text === "") return "";
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
    if (sniff(code.control.value) !== "unknown") {
      open.close();
      return void (await ways.code(code.control.value));
    }
    const said = {
      national_id: tried(code, numberOf, "wrongNumber"), name: tried(name, cleanName, "wrongName"),
      birth: tried(birth, (text) => isoOf(parseDate(text)), "wrongBirth"), phone: tried(phone, parsePhone, "wrongPhone"),
    }; // prettier-ignore
    if (Object.values(said).includes(null)) return;
    if (!said.national_id && !(said.name && said.birth)) return code.wrong(w("handEmpty"));
    open.close();
    await ways.person({ ...(said as Record<keyof typeof said, string>), sex: "", insurance: "", residence: "" });
  };
  const submit = big(w("handGo"), go, { "data-testid": "hand-go" });
  const form = h("form", { class: "g-form", novalidate: true }, code.box, name.box, birth.box, phone.box, submit);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void go();
  });
  const open = sheet(w("handTitle"), "sheet-hand", [h("p", { class: "lc-help" }, w("handText")), form], gone);
}
