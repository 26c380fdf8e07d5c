/** Who was declared for on this device: what needn't be asked again within the window, sealed. */
import { addDays } from "../kernel/questionnaire/formats";
import { localDay } from "../kernel/dates";
import { uuid7 } from "../kernel/ids";
import { type Answers, type Form, returnVisit } from "../kernel/questionnaire";
import { fold } from "../kernel/text";
import * as db from "../shared/db";

export interface Person {
  readonly key: string;
  readonly form: string;
  readonly version: string;
  readonly name: string;
  readonly day: string;
  readonly answers: Answers;
}

/** The people whom a return visit may be declared for, latest first. */
export async function returning(form: Form, windowDays: number, now: number): Promise<Person[]> {
  const oldest = addDays(localDay(now), -windowDays);
  const people = await db.all<Person>("people");
  for (const gone of people.filter((person) => person.day < oldest)) await db.remove("people", gone.key);
  return people
    .filter((person) => person.form === form.id && person.version === form.version && person.day >= oldest)
    .sort((a, b) => (a.day < b.day ? 1 : -1));
}

/** Remember what can't change. The window runs from the last whole declaration, so a return visit doesn't lengthen it. */
export async function remember(form: Form, answers: Answers, name: string, now: number, again: Person | null): Promise<void> {
  const changing = new Set(returnVisit(form).map((item) => item.linkId));
  const lasting = Object.fromEntries(Object.entries(answers).filter(([linkId]) => !changing.has(linkId)));
  const same = again ?? (await known(form, name, lasting));
  const key = same?.key ?? uuid7(now);
  const day = again?.day ?? localDay(now);
  await db.put("people", key, { key, form: form.id, version: form.version, name, day, answers: lasting } satisfies Person);
}

async function known(form: Form, name: string, answers: Answers): Promise<Person | undefined> {
  const people = await db.all<Person>("people");
  return people.find(
    (person) => person.form === form.id && fold(person.name) === fold(name) && person.answers["birth"] === answers["birth"],
  );
}
