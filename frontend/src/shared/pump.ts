/** When a page sends what waits: at once, when the network comes back, when the page is looked at, and by back-off. */

export class Pump {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: Promise<number | null> | null = null;
  private following: Promise<number | null> | null = null;
  private forced = false;
  private started = false;

  /** `flush`: seconds until something is due, null when nothing waits. `tag`: what wakes the service worker. */
  constructor(
    private readonly flush: (force: boolean) => Promise<number | null>,
    private readonly tag: string,
    private readonly after: () => unknown = () => undefined,
  ) {}

  /**
   * Send what is due and see to the rest; `force` also what should wait. Gives the seconds until the next try. One at a time: what is asked
   * for while a try is under way, which may have been too early to see it or have just failed without the network, is a try that follows.
   */
  now(force = true): Promise<number | null> {
    if (!this.running) {
      this.running = this.run(force).finally(() => (this.running = null));
      return this.running;
    }
    this.forced ||= force;
    const again = (): Promise<number | null> => {
      const forced = this.forced;
      this.following = null;
      this.forced = false;
      return this.now(forced);
    };
    return (this.following ??= this.running.then(again, again));
  }

  private async run(force: boolean): Promise<number | null> {
    const seconds = await this.flush(force);
    clearTimeout(this.timer);
    if (seconds !== null) {
      this.timer = setTimeout(() => void this.now(false), Math.max(1, seconds) * 1000);
      void this.askWorker();
    }
    await this.after();
    return seconds;
  }

  /** No further try by itself. */
  stop(): void {
    clearTimeout(this.timer);
  }

  /** Let the browser wake the service worker when the network is back, even with the page closed; where it can. */
  private async askWorker(): Promise<void> {
    const registration = await navigator.serviceWorker?.getRegistration();
    const sync = (registration as { sync?: { register(tag: string): Promise<void> } } | undefined)?.sync;
    await sync?.register(this.tag).catch(() => undefined); // refused: the page itself keeps trying
  }

  start(): void {
    if (this.started) return;
    this.started = true;
    window.addEventListener("online", () => void this.now());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") void this.now(false);
    });
    void this.now(false);
  }
}
