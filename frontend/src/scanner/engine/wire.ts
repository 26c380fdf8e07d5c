/** What the screens and the engine say to each other of a scan, a place and a shift. */
export { type GateResult, RANK } from "../../kernel/gates";
export type { Direction, How, Line, Outcome, PersonSaid, Role, TravelPaper, VehiclePass } from "../../kernel/scanlog";

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
