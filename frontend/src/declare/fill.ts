/** A scanned card put into the form, by the roles of its questions: what was typed already stays, and the person looks it over. */
import type { Scanned } from "../kernel/identifiers";
import { fold } from "../kernel/text";
import type { Item } from "../kernel/questionnaire";
import type { Session } from "./session";
import { type Row, communes, country } from "../shared/communes";

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
  const found = inProvince(parts, await communes()) ?? inCountry(parts, await country());
  put("residence", found?.path ?? null, false);
  put("address", (found ? parts.slice(0, found.at).join(", ") : address) || null, false);
}

interface Placed {
  readonly path: string;
  /** How many parts of the address stand before the commune. */
  readonly at: number;
}

function inProvince(parts: readonly string[], rows: readonly Row[]): Placed | null {
  for (let at = parts.length - 2; at >= 0; at--) {
    const [name, district] = [parts[at] ?? "", parts[at + 1] ?? ""];
    const found = rows.filter((row) => endsWith(row[1], name) && endsWith(row[2], district));
    if (found.length === 1) return { path: (found[0] as Row)[0], at };
  }
  return null;
}

/** Commune, district and province must all be those of the address: names recur over the country. */
function inCountry(parts: readonly string[], rows: readonly Row[]): Placed | null {
  const at = parts.length - 3;
  if (at < 0) return null;
  const [name, district, province] = parts.slice(at) as [string, string, string];
  const near = rows.filter((row) => row[3].endsWith(bare(province)));
  const found = near.filter((row) => endsWith(row[1], name) && endsWith(row[2].split(", ")[0] ?? "", district));
  return found.length === 1 ? { path: (found[0] as Row)[0], at } : null;
}

/** Without what kind of unit it is, which cards spell in many ways or leave out. */
function bare(part: string): string {
  return fold(part).replace(/^(?:phuong|xa|thi tran|thanh pho|tp\.?|thi xa|tx\.?|huyen|quan|tinh) (?=\D)/, "");
}

function endsWith(full: string, part: string): boolean {
  const name = bare(part);
  return name !== "" && ` ${fold(full)}`.endsWith(` ${name}`);
}
