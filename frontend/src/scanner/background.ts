/** What goes on by itself: the log and the declarations to the province, its rules to here. */
import { Pump } from "../shared/pump";
import type { Bundle, Fetched } from "./engine/bundle";
import { REFRESH_MS, refresh } from "./engine/bundle";
import * as declarations from "./engine/declarations";
import { type Device, device } from "./engine/device";
import * as log from "./engine/log";
import { StorageBroken } from "./engine/store";
import { CHANNEL, SYNC_TAG, flush, state } from "./engine/sync";

const LOOK_MS = 20_000;

export interface Told {
  changed(): void;
  bundle(bundle: Bundle | null): unknown;
  revoked(): void;
  failed(error: unknown): void;
}

export class Background {
  private device: Device | null = null;
  private bundle: Bundle | null = null;
  private asked = 0;
  private pulse = 0;
  private readonly pump = new Pump((force) => this.flush(force), SYNC_TAG, () => this.sent());
  private channel: BroadcastChannel | null = null;
  private readonly online = (): void => {
    void this.send(true);
    void this.refresh();
  };

  constructor(
    private readonly app: string,
    private readonly told: Told,
  ) {}

  start(of: Device, bundle: Bundle | null): void {
    this.stop();
    this.device = of;
    this.bundle = bundle;
    window.addEventListener("online", this.online);
    this.pulse = window.setInterval(() => void this.look(), LOOK_MS);
    if (typeof BroadcastChannel !== "undefined") {
      this.channel = new BroadcastChannel(CHANNEL);
      this.channel.onmessage = () => this.told.changed();
    }
    void this.refresh();
    void this.send(true);
  }

  stop(): void {
    window.removeEventListener("online", this.online);
    window.clearInterval(this.pulse);
    this.pump.stop();
    this.channel?.close();
    this.channel = null;
  }

  private async look(): Promise<void> {
    this.told.changed();
    void this.send(false); // a timer that a sleeping phone lost is made up for
    if (Date.now() - this.asked >= REFRESH_MS) await this.refresh();
  }

  /** After a scan: at once when there is a network, by the browser itself when there isn't. */
  soon(): void {
    this.told.changed();
    void state().then(({ trouble }) => this.send(trouble === "offline" && navigator.onLine)).catch((error: unknown) => this.broke(error));
  }

  async refresh(): Promise<Fetched> {
    const of = this.device;
    if (!of) return "refused";
    this.asked = Date.now();
    try {
      const { what, bundle } = await refresh(of, this.bundle, { app: this.app, waiting: await log.unsent() });
      this.bundle = bundle;
      if (what === "new") await this.told.bundle(bundle);
      if (what === "revoked") this.told.revoked();
      return what;
    } catch (error) {
      this.broke(error);
      return "refused";
    }
  }

  /** Send what waits; `force` also before its time ("the network is back"). */
  send(force: boolean): Promise<number | null> {
    return this.pump.now(force);
  }

  private async flush(force: boolean): Promise<number | null> {
    try {
      const waits = [await declarations.flush(Date.now(), force), await flush(force)].filter((seconds): seconds is number => seconds !== null);
      return waits.length ? Math.min(...waits) : null;
    } catch (error) {
      this.broke(error);
      return null;
    }
  }

  private async sent(): Promise<void> {
    const of = await device().catch((error: unknown) => this.broke(error));
    if (of?.revoked && this.device) this.told.revoked();
    this.told.changed();
  }

  private broke(error: unknown): void {
    if (error instanceof StorageBroken) this.told.failed(error);
    else throw error;
  }
}
