/** What goes to the intake and what comes back. */
import type { Result } from "../kernel/decisions";
import type { Answers, Text } from "../kernel/questionnaire";

export const INTAKE = "/api/intake/declarations";

export interface Submission {
  readonly id: string;
  readonly form: string;
  readonly place: string;
  readonly answers: Answers;
  readonly occurred_at: string;
  readonly lang: "vi" | "en";
  readonly holder: string | null;
  readonly channel: "page" | "edge";
}
export interface Reason {
  readonly rule: string;
  readonly result: Result;
  readonly text: string;
  readonly advice: string;
  readonly document: string;
}
export interface Answer {
  readonly id: string;
  readonly code: string;
  readonly result: Result;
  readonly reasons: readonly Reason[];
  readonly recorded_at: string;
  readonly expires_at: string;
  readonly pass: string | null;
}
export interface Refusal {
  readonly field: string;
  readonly code: string;
  readonly message?: string;
}
/** What the national personal QR is written from. */
export interface Identity {
  readonly number: string;
  readonly name: string;
  readonly birth: string;
  readonly proxy: boolean;
  readonly sex: string;
  readonly insurance: string;
  readonly phone: string;
}
/** A declaration as this device keeps it. `submission` only until the server has it. */
export interface Kept {
  readonly id: string;
  readonly form: string;
  readonly title: Text;
  readonly placeId: string | null;
  readonly placeName: string;
  readonly who: string;
  readonly at: number;
  readonly identity: Identity | null;
  /** The phone's own reading of the rules: shown while waiting, never green. */
  readonly advice: readonly { readonly text: Text; readonly advice: Text }[];
  readonly submission: Submission | null;
  readonly answer: Answer | null;
  readonly refused: readonly Refusal[] | null;
}
export interface Queued {
  readonly submission: Submission;
  readonly tries: number;
  /** Unix milliseconds before which it isn't tried again. */
  readonly next: number;
}
