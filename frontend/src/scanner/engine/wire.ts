/** What a scan is: the line of the device's log, as the province reads it. */

export type How = "pass" | "card" | "claim" | "national" | "cccd" | "bhyt" | "hc1" | "appointment" | "manual" | "count";
export type GateResult = "pass" | "advise" | "hold" | "refer";
export type Outcome = "" | "passed" | "turned_back" | "sent_to_test" | "handed_over";
export type Direction = "in" | "out" | "";
export type Role = "" | "driver" | "companion" | "person";

export const RANK: Readonly<Record<GateResult, number>> = { pass: 0, advise: 1, hold: 2, refer: 3 };

export interface PersonSaid {
  readonly name: string;
  readonly birth: string;
  readonly sex: string;
  readonly national_id: string;
  readonly phone: string;
  readonly insurance: string;
  readonly residence: string;
}
export interface TravelPaper {
  readonly kind: string;
  readonly number: string;
  readonly issuer: string;
  readonly until: string;
}
export interface VehiclePass {
  readonly number: string;
  readonly until: string;
}

/** A scan before it has its number in the log. Times of `at`: ISO with milliseconds, UTC, by the device's clock. */
export interface Line {
  readonly v: 1;
  readonly id: string;
  readonly at: string;
  readonly up: number | null;
  readonly shift: string;
  readonly place: string;
  readonly dir: Direction;
  readonly how: How;
  readonly verified: boolean;
  readonly result: GateResult;
  readonly reasons: readonly string[];
  readonly rules: string;
  readonly over: { readonly result: GateResult; readonly reason: string } | null;
  readonly outcome: Outcome;
  readonly to: string;
  readonly serial: string;
  readonly declaration: string;
  readonly group: string;
  readonly role: Role;
  readonly temp: number | null;
  readonly plate: string;
  readonly paper: TravelPaper | null;
  readonly vpass: VehiclePass | null;
  readonly dest: readonly string[];
  readonly person: PersonSaid | null;
  readonly n: number;
  readonly why: string;
  readonly app: string;
  readonly bundle: string;
}

/** The line as it stands in the log: with its number right after the id, so that every phone writes the same order. */
export function written(line: Line, seq: number): string {
  const { v, id, ...rest } = line;
  return JSON.stringify({ v, id, seq, ...rest });
}

export interface Place {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly kind: string;
  readonly unit: string;
  readonly capacity?: number | null;
}
export interface Shift {
  readonly id: string;
  readonly name: string;
  readonly ends: string | number;
}
