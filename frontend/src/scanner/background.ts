/** What goes on by itself: the log and the declarations to the province, its rules to here. */
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
  private timer = 0;
  private pulse = 0;
  private running: Promise<number | null> | null = null;
  private forced: Promise<number | null> | null = null;
  private wished = false;
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
    window.clearTimeout(this.timer);
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

  /**
   * One at a time. A forced one ("the network is back") isn't lost in one under way, which may just have failed without it; nor is
   * an unforced one, whose line that one may have been too early to see.
   */
  send(force: boolean): Promise<number | null> {
    if (force && this.running) {
      const again = (): Promise<number | null> => {
        this.forced = null;
        return this.send(true);
      };
      return (this.forced ??= this.running.then(again, again));
    }
    if (this.running) this.wished = true;
    this.running ??= this.sendNow(force).finally(() => {
      const again = this.wished && !this.forced;
      this.running = null;
      this.wished = false;
      if (again) void this.send(false);
    });
    return this.running;
  }

  private async sendNow(force: boolean): Promise<number | null> {
    try {
      const waits = [await declarations.flush(Date.now(), force), await flush(force)].filter((seconds): seconds is number => seconds !== null);
      const seconds = waits.length ? Math.min(...waits) : null;
      window.clearTimeout(this.timer);
      if (seconds !== null) {
        this.timer = window.setTimeout(() => void this.send(false), Math.max(1, seconds) * 1000);
        void askWorker();
      }
      if ((await device())?.revoked && this.device) this.told.revoked();
      this.told.changed();
      return seconds;
    } catch (error) {
      this.broke(error);
      return null;
    }
  }

  private broke(error: unknown): void {
    if (error instanceof StorageBroken) this.told.failed(error);
    else throw error;
  }
}

/** Let the browser wake the service worker when there is a network, even with the page closed; where it can. */
async function askWorker(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  const sync = (registration as { sync?: { register(tag: string): Promise<void> } } | undefined)?.sync;
  await sync?.register(SYNC_TAG).catch(() => undefined);
}
