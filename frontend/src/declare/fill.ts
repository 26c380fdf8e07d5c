/** A scanned card put into the form, by the roles of its questions: what was typed already stays, and the person looks it over. */
import type { Scanned } from "../kernel/identifiers";
import { fold } from "../kernel/text";
import type { Item } from "../kernel/questionnaire";
import type { Session } from "./session";
import { communes } from "../shared/communes";

/** Gives the linkIds that were filled in. */
export async function fillIn(session: Session, card: Scanned): Promise<string[]> {
  const filled: string[] = [];
  const put = (role: string, value: string | null, over: boolean): void => {
    const item = itemOf(session, role);
    if (!item || !value || (!over && session.answers[item.linkId] !== undefined)) return;
    session.set(item.linkId, value);
    filled.push(item.linkId);
  };
  const accented = card.kind !== "national_qr"; // the national QR has capitals without accents
  put("name", card.name, accented);
  put("birth", card.birth, card.birth.length === 10);
  put("sex", card.sex, true);
  if (card.nationalId) put("nationality", "VN", true);
  put("national_id", card.nationalId, true);
  put("insurance", card.insurance, true);
  put("phone", card.phone, false);
  await putAddress(card.address, put);
  return filled;
}

function itemOf(session: Session, role: string): Item | undefined {
  const shown = session.shown();
  return [...session.form.byId.values()].find((item) => item.role === role && shown.has(item.linkId));
}

/** `Tổ 4, Phước Hải, Nha Trang, Khánh Hòa`: the commune where it is one of the province's, the rest as the address. */
async function putAddress(address: string, put: (role: string, value: string | null, over: boolean) => void): Promise<void> {
  const parts = address.split(",").map((part) => part.trim()).filter(Boolean);
  const rows = await communes();
  for (let at = parts.length - 2; at >= 0; at--) {
    const [name, district] = [parts[at] ?? "", parts[at + 1] ?? ""];
    const found = rows.filter((row) => endsWith(row[1], name) && endsWith(row[2], district));
    const only = found.length === 1 ? found[0] : undefined;
    if (only === undefined) continue;
    put("residence", only[0], false);
    put("address", parts.slice(0, at).join(", ") || null, false);
    return;
  }
  put("address", address || null, false);
}

function endsWith(full: string, part: string): boolean {
  const bare = fold(part).replace(/^(?:phuong|xa|thi tran|thanh pho|tp\.?|thi xa|tx\.?|huyen) /, "");
  return bare !== "" && ` ${fold(full)}`.endsWith(` ${bare}`);
}
