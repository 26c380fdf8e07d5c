/**
 * The households of one's own team, kept for a shift: from the server, sealed, gone at the term that the server named, at the end of the
 * shift, when the server knows nobody here, and when somebody else signs in.
 */
import { ask } from "../shared/net";
import { asked } from "../shared/vault";
import { tell, vault } from "./store";

export interface Text {
  readonly vi: string;
  readonly en: string;
}
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly age: number | null;
}
export type Worry = "" | "needs" | "absent" | "refused" | "symptoms";
/** That somebody was at the door today, as the server knows it. */
export interface Met {
  readonly id: string;
  readonly at: string;
  readonly mine: boolean;
  readonly member: string;
  readonly worry: Worry;
}
export interface Household {
  readonly id: string;
  readonly number: number;
  readonly head: string;
  readonly address: string;
  readonly members: readonly Person[];
  readonly notes: readonly Met[];
}
export interface RoundList {
  readonly account: string;
  readonly user: string;
  readonly team: string;
  readonly name: string;
  readonly where: string;
  readonly at: string;
  readonly until: string;
  readonly symptoms: Readonly<Record<string, Text>>;
  readonly needs: Readonly<Record<string, Text>>;
  readonly households: readonly Household[];
}

/** The list as this phone has it. `loaded`: this phone's clock then, Unix ms; `ahead`: how far that clock was before the server's. */
export interface Kept {
  readonly list: RoundList;
  readonly loaded: number;
  readonly ahead: number;
}
export type Loaded = "list" | "signin" | "none" | "offline" | "busy";

const KEY = "list";
/** How many shifts ended on this phone: a list that was on its way when one did is not kept. */
export const ENDED = "ended";
const ADDRESS = "/tuan/du-lieu.json";
/** A clock that was put back this far would keep the names for ever. */
const BACK_MS = 3_600_000;
const SLACK_MS = 60_000;

/** The list while its term lasts; afterwards it is gone from the disk. Throws StorageBroken. */
export async function kept(now: number): Promise<Kept | null> {
  const found = await vault.kept<Kept>("list", KEY).catch(() => undefined); // its key is gone: as good as no list
  if (found && now < endOf(found) && now > found.loaded - BACK_MS) return found;
  await drop();
  return null;
}

/** When the names go from this phone, by its own clock. */
export function endOf(found: Kept): number {
  return found.loaded + Date.parse(found.list.until) - Date.parse(found.list.at);
}

/** The names go; notes that wait stay. */
export async function drop(): Promise<void> {
  await vault.drop("list", KEY);
}

/** Ask for the list anew and keep it. `team`: for who goes with a team that is not her own. Whom the server doesn't know keeps no names. */
export async function load(team: string, clock: () => number): Promise<Loaded> {
  const shift = await vault.read<number>("state", ENDED);
  const reply = await ask(team ? `${ADDRESS}?to=${team}` : ADDRESS, { headers: { accept: "application/json" } });
  if (reply === null) return "offline";
  if (reply.moved || reply.status === 404) {
    await drop();
    tell();
    return reply.moved ? "signin" : "none";
  }
  if (reply.status !== 200 || !Array.isArray(reply.body.households)) return "busy";
  const list = reply.body as unknown as RoundList;
  const off = clock() - Date.parse(list.at);
  const row: Kept = { list, loaded: clock(), ahead: Math.abs(off) > SLACK_MS ? off : 0 };
  const sealed = await vault.seal(`list/${KEY}`, JSON.stringify(row));
  const same = await vault.within(["state", "list"], "readwrite", async (stores) => {
    if ((await asked(stores("state").get(ENDED) as IDBRequest<number | undefined>)) !== shift) return false;
    await asked(stores("list").put(sealed, KEY));
    return true;
  });
  tell();
  return same ? "list" : "offline";
}
