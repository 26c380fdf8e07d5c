/** What is known of each door today: by this phone and by the server. Knows no page. */
import { localDay } from "../kernel/dates";
import type { Household, Worry } from "./list";
import type { Note } from "./notes";

/** One visit today. `here`: this phone's own row, where it still has one. */
export interface Visit {
  readonly id: string;
  readonly at: number;
  readonly mine: boolean;
  readonly member: string;
  readonly worry: Worry;
  readonly here: Note | null;
}
export interface Door {
  readonly house: Household;
  /** Today's, the oldest first. */
  readonly visits: readonly Visit[];
  readonly worry: Worry;
  /** Two people noted it, so somebody should look whether they agree. */
  readonly both: boolean;
}
export type Filter = "all" | "open" | "worry";

const GRAVE: readonly Worry[] = ["symptoms", "refused", "absent", "needs", ""];

/** Doors in the order of the way. What the province refused counts as no visit. */
export function doors(houses: readonly Household[], notes: readonly Note[], account: string, now: number): Door[] {
  const today = localDay(now);
  const own = notes.filter((note) => note.account === account && note.state !== "refused" && localDay(note.at) === today);
  return houses.map((house) => door(house, own.filter((note) => note.household === house.id), today));
}

function door(house: Household, own: readonly Note[], today: string): Door {
  const here = new Map(own.map((note) => [note.id, note]));
  const told = house.notes.map(({ id, at, mine, member, worry }) => ({ id, at: Date.parse(at), mine, member, worry, here: here.get(id) ?? null }));
  const known = new Set(told.map(({ id }) => id));
  const fresh = own.filter(({ id }) => !known.has(id)).map((note) => ({ id: note.id, at: note.at, mine: true, member: note.member, worry: note.worry, here: note }));
  const visits = [...told, ...fresh].filter(({ at }) => localDay(at) === today).sort((one, other) => one.at - other.at);
  const both = visits.some(({ mine }) => mine) && visits.some(({ mine }) => !mine);
  return { house, visits, worry: gravest(visits), both };
}

/** The gravest of the last word on each member and on the whole. */
function gravest(visits: readonly Visit[]): Worry {
  const last = new Map(visits.map((visit) => [visit.member, visit.worry]));
  return GRAVE.find((worry) => [...last.values()].includes(worry)) ?? "";
}

export function matches(door: Door, filter: Filter): boolean {
  if (filter === "open") return door.visits.length === 0;
  return filter === "all" || door.worry !== "" || door.both;
}
