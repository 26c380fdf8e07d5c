/** The officer's desk without its screens: one scan at a time, from the text of a code to a line in the log. */
import { uuid7 } from "../../kernel/ids";
import { type Bundle, freshnessNow } from "./bundle";
import * as clock from "./clock";
import { type Decided, decide } from "./decide";
import type { Device } from "./device";
import * as log from "./log";
import { asked, read, within } from "./store";
import { type Flaw, type NotAPerson, type Seen, blank, look, sameness } from "./verify";
import type { Direction, GateResult, Line, Outcome, PersonSaid, Role, TravelPaper, VehiclePass } from "./wire";

/** The same code in view isn't a new scan; counted from when it was last in view. */
const SAME_MS = 3000;
/** Refused for the phone's signature alone: a fresh one under the same pass is looked at, at once. */
const RENEWABLE: ReadonlySet<Flaw> = new Set<Flaw>(["stale", "replay"]);
const NONCE_MS = 15 * 60_000;
const MOST_PEOPLE = 200;

export interface Vehicle {
  readonly group: string;
  readonly plate: string;
  readonly vpass: VehiclePass | null;
  readonly people: number;
}
/** What the officer adds to a scan. */
export interface Details {
  readonly temp: number | null;
  /** Undefined: not asked. */
  readonly paper: TravelPaper | null | undefined;
  readonly dest: readonly string[];
  readonly outcome: Outcome;
  readonly to: string;
  readonly over: { readonly result: GateResult; readonly reason: string } | null;
  readonly role: Role;
  readonly declaration: string;
}
export interface Current {
  readonly id: string;
  readonly at: number;
  readonly seen: Seen;
  readonly decided: Decided;
  readonly details: Details;
  /** Milliseconds from the decoded text to a decision on the disk. */
  readonly took: number;
}
export type Taken = { readonly kind: "scan"; readonly current: Current } | { readonly kind: "ignored" } | ({ readonly kind: "other" } & NotAPerson);

const PLAIN: Details = { temp: null, paper: undefined, dest: [], outcome: "", to: "", over: null, role: "", declaration: "" };

export class Desk {
  current: Current | null = null;
  vehicle: Vehicle | null = null;
  dir: Direction = "in";
  bundle: Bundle | null;
  private last = { same: "", text: "", at: -Infinity };
  private queue: Promise<unknown> = Promise.resolve();

  constructor(
    readonly device: Device,
    bundle: Bundle | null,
    readonly app: string,
    private readonly ms: () => number = Date.now,
  ) {
    this.bundle = bundle;
  }

  /** One thing after another: a code read while the one before is being written waits. */
  private inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.queue.then(act, act);
    this.queue = turn.catch(() => undefined);
    return turn;
  }

  /** A text from the camera, a hand scanner or the keyboard. Throws StorageBroken: then nothing may be shown as a decision. */
  take(text: string): Promise<Taken> {
    return this.inTurn(async () => {
      const began = performance.now();
      if (this.isSame(text)) return { kind: "ignored" } as const;
      const seen = await look(text, this.bundle, Math.floor(this.ms() / 1000));
      if (seen.how === null) return { kind: "other", ...seen } as const;
      await this.close();
      const current = await this.open(await this.unlessReplayed(seen), began);
      if (RENEWABLE.has(current.seen.flaw)) this.last = { ...this.last, same: "" };
      return { kind: "scan", current } as const;
    });
  }

  private isSame(text: string): boolean {
    const same = sameness(text);
    const now = this.ms();
    const again = now - this.last.at < SAME_MS && (same === this.last.same || text === this.last.text);
    const standing = this.current?.seen.same === same;
    this.last = again ? { ...this.last, at: now } : { same, text, at: now };
    return again || standing;
  }

  private async unlessReplayed(seen: Seen): Promise<Seen> {
    if (seen.nonce === "" || seen.flaw !== "") return seen;
    const used = (await read("seen", seen.nonce)) !== undefined;
    return used ? { ...seen, verified: false, fresh: false, flaw: "replay", code: "code_replayed" } : seen;
  }

  /** Someone without a code: what they say of themselves. */
  byHand(person: PersonSaid, facts: Partial<Seen> = {}): Promise<Current> {
    return this.inTurn(async () => {
      await this.close();
      return this.open({ ...blank("", "manual"), person, ...facts }, performance.now());
    });
  }

  private async open(seen: Seen, began: number): Promise<Current> {
    const at = this.ms();
    const role: Role = this.vehicle ? (this.vehicle.people === 0 ? "driver" : "companion") : "";
    const details = { ...PLAIN, role, declaration: seen.declaration };
    const opened = { id: uuid7(at), at, seen, decided: this.decided(seen, details, at), details, took: 0 };
    await this.store(opened, seen.nonce);
    this.current = { ...opened, took: performance.now() - began };
    if (this.vehicle) this.vehicle = { ...this.vehicle, people: this.vehicle.people + 1 };
    return this.current;
  }

  private decided(seen: Seen, details: Details, at: number): Decided {
    const { temp, paper, role } = details;
    return decide(seen, this.bundle, { dir: this.dir, role, temp, paper, freshness: freshnessNow(this.bundle), at });
  }

  /** The draft, and the holder's signature that no second scan may use, in one transaction. */
  private async store(current: Current, nonce = ""): Promise<void> {
    await log.draft(this.lineOf(current), nonce ? { nonce, at: this.ms(), old: this.ms() - NONCE_MS } : undefined);
    await clock.note();
  }

  /** Add what was measured, shown or decided; the rules look again. */
  change(details: Partial<Details>): Promise<Current | null> {
    return this.inTurn(async () => {
      const { current } = this;
      if (current === null) return null;
      const merged = { ...current.details, ...details };
      const changed = { ...current, details: merged, decided: this.decided(current.seen, merged, current.at) };
      await this.store(changed);
      this.current = changed;
      return changed;
    });
  }

  /** The bundle came in or went out of its time while a decision stands: look again. */
  renew(bundle: Bundle | null): Promise<Current | null> {
    this.bundle = bundle;
    return this.change({});
  }

  /** "Next": the scan becomes a line. What was green and has no outcome went through. */
  next(): Promise<void> {
    return this.inTurn(() => this.close());
  }

  private async close(): Promise<void> {
    if (this.current === null) return;
    await log.append(this.lineOf(this.current, true));
    this.current = null;
  }

  /** What stands: the rules' result, or the officer's. */
  static standing(current: Current): GateResult {
    return current.details.over?.result ?? current.decided.result;
  }

  private lineOf(current: Current, closing = false): Line {
    const { seen, decided, details } = current;
    const through = closing && details.outcome === "" && ["pass", "advise"].includes(Desk.standing(current));
    return {
      ...this.frame(current.id, current.at),
      how: seen.how, verified: seen.verified, result: decided.result,
      reasons: [...(decided.barred ? [decided.barred] : []), ...decided.reasons.map((reason) => reason.id)].slice(0, 20),
      rules: decided.rules, over: details.over, outcome: through ? "passed" : details.outcome, to: details.to, serial: seen.serial,
      declaration: details.declaration, role: details.role, temp: details.temp, paper: details.paper ?? null, dest: details.dest, person: seen.person, why: seen.told,
    }; // prettier-ignore
  }

  private frame(id: string, at: number): Line {
    const { vehicle, bundle, device } = this;
    return {
      v: 1, id, at: new Date(at).toISOString(), up: clock.ran(), shift: device.shift.id, place: device.place.id, dir: this.dir, how: "manual",
      verified: false, result: "hold", reasons: [], rules: "", over: null, outcome: "", to: "", serial: "", declaration: "", group: vehicle?.group ?? "",
      role: "", temp: null, plate: vehicle?.plate ?? "", paper: null, vpass: vehicle?.vpass ?? null, dest: [], person: null, n: 1, why: "",
      app: this.app, bundle: bundle?.version ?? "",
    }; // prettier-ignore
  }

  // Vehicles: everyone who came in one shares its number

  board(plate: string, vpass: VehiclePass | null): Promise<Current | null> {
    const group = this.vehicle?.group ?? uuid7(this.ms());
    const people = this.vehicle?.people ?? (this.current ? 1 : 0);
    this.vehicle = { group, plate, vpass, people };
    const role = this.current && this.current.details.role === "" ? ({ role: "driver" } as const) : {};
    return this.change(role);
  }

  /** The plate of whoever comes now: the vehicle before it is over. */
  async arrive(plate: string): Promise<void> {
    if (this.vehicle && this.vehicle.plate !== "" && this.vehicle.plate !== plate) await this.leave();
    await this.board(plate, this.vehicle?.vpass ?? null);
  }

  async leave(): Promise<void> {
    await this.next();
    this.vehicle = null;
  }

  /** Details for a group that was let through uncounted by name. */
  resume(group: string): void {
    this.vehicle = { group, plate: "", vpass: null, people: 0 };
  }

  /** People who were waved through unscanned: how many, and why. Gives the group's number. */
  count(people: number, why: string): Promise<string> {
    return this.inTurn(async () => {
      await this.close();
      const at = this.ms();
      const group = uuid7(at);
      const n = Math.min(Math.max(1, Math.floor(people)), MOST_PEOPLE);
      const line: Line = { ...this.frame(uuid7(at), at), how: "count", result: "advise", reasons: ["unscanned"], outcome: "passed", group, n, why };
      await log.append(line);
      return group;
    });
  }
}

/** Whether anything of this device's log could be written now. Throws StorageBroken. */
export async function canWrite(): Promise<void> {
  await within(["state"], "readwrite", (stores) => asked(stores("state").put(Date.now(), "probe")));
}
