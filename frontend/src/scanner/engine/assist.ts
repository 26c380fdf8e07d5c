/** A declaration taken for a person without a phone: filled in from a card, signed by this device, linked to the scan. */
import { type Bundle as FormBundle, load } from "../../declare/bundle";
import { Session } from "../../declare/session";
import type { Submission } from "../../declare/wire";
import { lang } from "../../i18n";
import { base64url, sha256, utf8 } from "../../kernel/codes/bytes";
import { decide, derived } from "../../kernel/decisions";
import { localDay } from "../../kernel/dates";
import { MOST_BODY } from "../../kernel/codes/claims";
import { rawOf } from "../../kernel/codes/cose";
import { present, signClaim } from "../../kernel/codes/lc1";
import { uuid7, uuidBytes } from "../../kernel/ids";
import type { Answers, Clean } from "../../kernel/questionnaire";
import * as declarations from "./declarations";
import type { Device } from "./device";
import { read } from "./store";

const CLAIM_LIFE = 24 * 3600;
const MOST_SHOWN = Math.min(900, MOST_BODY);
/** What is asked at the gate; the rest of the form can wait for the person's own declaration. */
export const ASKED = new Set(
  (
    "name birth sex nationality national_id passport phone_of_person residence address vehicle plate origin destination purpose no_symptoms fever cough " +
    "breathless sore_throat pneumonia fatigue taste_smell symptom_onset no_contact contact_case contact_symptomatic contact_area contact_last doses " +
    "last_dose_date test_result test_kind test_date pledge"
  ).split(" "),
);

export interface Officer {
  readonly name: string;
  readonly phone: string;
}

export function formOf(device: Device): Promise<FormBundle | null> {
  return load(`/khai/form.json?form=checkpoint&place=${device.place.code}`);
}

/** A session on behalf of someone: who declares for them is filled in, and isn't shown again. */
export function sessionFor(form: FormBundle, officer: Officer, more: Answers = {}): Session {
  const by = { for_other: true, proxy_name: officer.name, proxy_phone: officer.phone, proxy_relation: "officer" };
  return new Session(form.form, { ...by, ...more });
}

/** What the form's own rules say of the answers: this device's reading, until the province has decided. */
export function declaredResult(form: FormBundle, answers: Answers, now: number): string {
  return decide(form.rules, answers, { ...derived(answers, localDay(now)), form: form.form.id, area_level_from: null }).result;
}

/** Keep a finished declaration for the intake, with the code that its card carries. */
export async function submit(device: Device, clean: Clean, now: number): Promise<declarations.Assisted> {
  const raw = await ownPoint();
  const submission: Submission = {
    id: uuid7(now), form: "checkpoint", place: device.place.code, answers: clean.answers, occurred_at: new Date(now).toISOString(), lang: lang(),
    holder: base64url(raw), channel: "edge",
  }; // prettier-ignore
  const one = { submission, who: String(clean.record.name ?? ""), claim: await claimOf(device, submission, raw), tries: 0, next: 0, answer: null, refused: null };
  await declarations.add(one);
  return one;
}

async function ownPoint(): Promise<Uint8Array<ArrayBuffer>> {
  const pair = await read<CryptoKeyPair>("keys", "device");
  if (!pair) throw new Error("not enrolled");
  return rawOf(pair.publicKey);
}

async function claimOf(device: Device, submission: Submission, holder: Uint8Array<ArrayBuffer>): Promise<string> {
  const issued = Math.floor(Date.parse(submission.occurred_at) / 1000);
  const body = utf8(JSON.stringify({ ...submission, holder: undefined }));
  const said = body.length <= MOST_SHOWN ? { body } : { digest: await sha256(body) };
  const claim = { serial: uuidBytes(submission.id), holder, issued, expires: issued + CLAIM_LIFE, place: device.place.id, said };
  return signClaim(claim, device.secret);
}

/** The paper card of a declaration that the province has confirmed; null without a network or before that. */
export async function cardOf(device: Device, one: declarations.Assisted, now: number): Promise<string | null> {
  const pass = one.answer?.pass;
  if (!pass) return null;
  try {
    const body = JSON.stringify({ id: one.submission.id, shown: await present(pass, device.secret, Math.floor(now / 1000)) });
    const answer = await fetch("/khai/the.json", { method: "POST", headers: { "content-type": "application/json" }, body, credentials: "omit" });
    return answer.ok ? ((await answer.json()) as { card: string }).card : null;
  } catch {
    return null;
  }
}
