/** The declaration being filled in, sealed on this device until it is sent. */
import type { Answers } from "../kernel/questionnaire";
import * as db from "../shared/db";

export interface Draft {
  readonly answers: Answers;
  readonly step: number;
  readonly person: string | null;
}

const DELAY_MS = 400;
let timer: ReturnType<typeof setTimeout> | undefined;

export function keyOf(form: string, place: string): string {
  return `${form}|${place}`;
}

export function read(key: string): Promise<Draft | undefined> {
  return db.get<Draft>("drafts", key);
}

/** Keep it soon; many keystrokes are one write. */
export function save(key: string, draft: Draft): void {
  clearTimeout(timer);
  timer = setTimeout(() => void db.put("drafts", key, draft).catch(() => undefined), DELAY_MS);
}

/** Keep it now. */
export async function saveNow(key: string, draft: Draft): Promise<void> {
  clearTimeout(timer);
  await db.put("drafts", key, draft);
}

export async function forget(key: string): Promise<void> {
  clearTimeout(timer);
  await db.remove("drafts", key);
}
