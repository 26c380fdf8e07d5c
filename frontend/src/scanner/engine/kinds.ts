/** What kind of code a text is, for a gate. */
import { sniff } from "../../kernel/identifiers";
import { enrolCode } from "./device";

export type Kind = "lc1" | "hc1" | "cccd_card" | "national_qr" | "insurance_card" | "enrol" | "wallet" | "notPerson" | "unknown";

export function kindOf(text: string): Kind {
  if (enrolCode(text)) return "enrol";
  const kind = sniff(text);
  if (kind === "shc") return "wallet";
  if (kind === "url") return "notPerson";
  return kind as Kind;
}
