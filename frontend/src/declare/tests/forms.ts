/** The shipped forms, for tests. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Answers, type Form, readForm } from "../../kernel/questionnaire";

export function shipped(id: string): Form {
  const path = fileURLToPath(new URL(`../../../../src/lachan/policies/forms/${id}.json`, import.meta.url));
  return readForm(JSON.parse(readFileSync(path, "utf-8")) as Record<string, unknown>);
}

export const GOOD: Answers = {
  name: "Nguyễn Thị Hoa", birth: "17/05/1990", sex: "female", nationality: "VN", national_id: "056190001234", phone: "0905 123 456",
  residence: "56/568/22327/", address: "12 Trần Phú", no_symptoms: true, no_contact: true, pledge: true,
}; // prettier-ignore

export const NOW = Date.parse("2021-07-22T01:30:00Z");
