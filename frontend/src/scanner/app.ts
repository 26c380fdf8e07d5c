/** The scanner's page: which screen is up, what a read code means there, and what is kept in sight at all times. */
import { onLanguage } from "../i18n";
import { communes, keepCountry } from "../shared/communes";
import { announce, glyph, h } from "../shared/dom";
import { Camera, type CameraState } from "./camera";
import { Background } from "./background";
import type { Fetched } from "./engine/bundle";
import { formOf } from "./engine/assist";
import * as bundles from "./engine/bundle";
import * as clock from "./engine/clock";
import type { Assisted } from "./engine/declarations";
import { canWrite, type Current, Desk } from "./engine/desk";
import { type Device, type EnrolCode, device, enrolCode } from "./engine/device";
import * as log from "./engine/log";
import { StorageBroken } from "./engine/store";
import { state } from "./engine/sync";
import { factsOf } from "./engine/facts";
import { personOf } from "./engine/verify";
import { RANK } from "./engine/wire";
import { listen } from "./keys";
import { aboutView } from "./screens/about";
import { Assist, printCard } from "./screens/assist";
import { decisionView } from "./screens/decision";
import * as details from "./screens/details";
import { Enrol } from "./screens/enrol";
import { askHand } from "./screens/hand";
import { listView } from "./screens/list";
import { queueView } from "./screens/queue";
import { age, big, strip } from "./screens/parts";
import { type Key, w } from "./words";

type View = "scan" | "queue" | "assist" | "list" | "about" | "enrol";
const LOCK = "lachan-gate-screen";
const HINT_MS = 3000;
const IDLE_MS = 90_000;
const CAMERA_WORDS: Record<CameraState, Key> = { starting: "starting", looking: "aim", refused: "cameraRefused", none: "cameraNone", noReader: "readerFailed", off: "starting" };
const BUZZ: Record<string, number[]> = { pass: [60], advise: [60, 60, 60], hold: [200, 80, 200], refer: [300, 80, 300, 80, 300] };

export class App {
  private view: View = "scan";
  private desk: Desk | null = null;
  private enrol: Enrol | null = null;
  private assist: Assist | null = null;
  private sheetOpen = false;
  private broken: StorageBroken | null = null;
  private elsewhere = false;
  private revoked = false;
  private busy = false;
  private drawn = 0;
  private freshness = "";
  private readonly back: Background;
  private readonly camera: Camera;
  private readonly top = h("header", { class: "g-top" });
  private readonly notes = h("div", { class: "g-notes" });
  private readonly hint = h("p", { class: "g-hint", role: "status", "data-testid": "hint" });
  private readonly tools = h("div", { class: "g-tools" });
  private readonly box: HTMLElement;
  private readonly content = h("div", { class: "g-content" });
  private readonly stage: HTMLElement;
  private readonly nav = h("nav", { class: "g-nav", "aria-label": w("about") });
  private hintTimer = 0;
  private idle = 0;

  constructor(
    private readonly root: HTMLElement,
    private readonly app: string,
    private code: EnrolCode | null,
  ) {
    this.camera = new Camera((text) => void this.found(text), (now) => this.cameraSays(now));
    this.box = h("div", { class: "g-camera" }, this.camera.video, h("div", { class: "g-aim", "aria-hidden": "true" }), this.hint, this.tools);
    this.stage = h("div", { class: "g-stage" }, this.box, this.content);
    this.back = new Background(app, { changed: () => void this.drawTop(), bundle: (bundle) => this.renew(bundle), revoked: () => this.seeRevoked(), failed: (error) => this.fail(error) });
  }

  async start(): Promise<void> {
    this.root.replaceChildren(this.top, this.notes, this.stage, this.nav);
    if (globalThis.crypto?.subtle === undefined || typeof indexedDB === "undefined") {
      return this.stage.replaceChildren(strip("stop", w("enrolInsecure"), "insecure"));
    }
    listen((text) => void this.found(text));
    onLanguage(() => {
      this.cameraSays(this.camera.state);
      void this.draw();
    });
    await this.hold(false);
  }

  // One page scans at a time: the draft of a scan belongs to it alone

  private async hold(steal: boolean): Promise<void> {
    if (!navigator.locks) return this.begin();
    const options = steal ? { steal: true } : { ifAvailable: true };
    void navigator.locks
      .request(LOCK, options, async (lock) => {
        if (!lock) return this.seeElsewhere();
        await this.begin();
        await new Promise(() => undefined);
      })
      .catch(() => this.seeElsewhere());
  }

  private seeElsewhere(): void {
    this.elsewhere = true;
    this.camera.stop();
    this.back.stop();
    this.stage.replaceChildren(h("section", { class: "g-page" }, strip("warn", w("otherTab"), "other-tab"), big(w("takeHere"), () => this.hold(true), { "data-testid": "take-here" })));
    this.nav.hidden = true;
  }

  private async begin(): Promise<void> {
    this.elsewhere = false;
    this.nav.hidden = false;
    this.stage.replaceChildren(this.box, this.content);
    await this.safely(async () => {
      await clock.start();
      await canWrite();
      const found = await device();
      if (found === null || this.code) return this.show("enrol");
      await log.recover();
      await this.open(found);
    });
  }

  private async open(found: Device): Promise<void> {
    const bundle = await bundles.load(found);
    this.desk = new Desk(found, bundle, this.app);
    this.revoked = found.revoked;
    this.back.start(found, bundle);
    window.clearInterval(this.idle);
    this.idle = window.setInterval(() => void this.leaveIdle(), 15_000);
    void formOf(found); // while there is a network: the assisted declaration needs form and communes without one
    void communes();
    void keepCountry();
    await this.show("scan");
  }

  /** Nobody pressed "next" and nobody came: whoever was let through went through. */
  private async leaveIdle(): Promise<void> {
    const current = this.desk?.current;
    if (!current || this.sheetOpen || this.broken || this.elsewhere || this.waitsForOutcome() || Date.now() - current.at < IDLE_MS) return;
    await this.safely(() => this.desk?.next() ?? Promise.resolve());
    await this.after();
  }

  /** Whatever the disk refuses is said in red, and nothing stands as a decision. */
  private async safely(act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.fail(error);
    }
  }

  private fail(error: unknown): void {
    if (!(error instanceof StorageBroken)) throw error;
    this.broken = error;
    this.drawn += 1; // a screen still being put together must not cover this
    this.camera.stop();
    for (const open of document.querySelectorAll(".g-sheet")) open.remove();
    this.sheetOpen = false;
    const again = big(w("again"), () => this.retry(), { "data-testid": "storage-again" });
    this.content.replaceChildren(h("section", { class: "g-broken", role: "alert", "data-testid": "storage-broken" }, glyph({ icon: "alert-triangle" }), h("p", {}, w(error.full ? "storageFull" : "storageBroken")), again));
    this.stage.className = "g-stage is-page";
    this.nav.hidden = true;
    navigator.vibrate?.([500, 100, 500]);
  }

  private retry(): Promise<void> {
    return this.safely(async () => {
      await canWrite();
      this.broken = null;
      this.nav.hidden = false;
      if (this.desk) await this.show("scan");
      else await this.begin();
    });
  }

  // What a read code means

  private async found(text: string): Promise<void> {
    if (this.busy || this.broken || this.elsewhere || this.sheetOpen) return;
    this.busy = true;
    await this.safely(() => this.read(text));
    this.busy = false;
  }

  private async read(text: string): Promise<void> {
    if (this.view === "enrol") {
      if (this.enrol?.wantsCode) this.enrol.found(text);
      return this.cameraFor();
    }
    if (this.view === "assist" && this.assist?.wantsCard) {
      if (!(await this.assist.card(text))) this.say("unknownCode");
      return this.cameraFor();
    }
    if (this.view !== "scan" || !this.desk || this.revoked || this.waitsForOutcome()) return;
    const taken = await this.desk.take(text);
    if (taken.kind === "scan") return this.decided(taken.current);
    if (taken.kind === "other" && taken.why === "plate") return this.desk.arrive(taken.plate ?? "").then(() => this.after());
    if (taken.kind === "other" && taken.why !== "plate") this.say(({ notPerson: "notPerson", unknown: "unknownCode", wallet: "walletCode", enrol: "enrolHere" } as const)[taken.why]);
  }

  /** Someone held stays on the screen until the officer has said what became of them. */
  private waitsForOutcome(): boolean {
    const current = this.desk?.current;
    return Boolean(current && RANK[Desk.standing(current)] >= RANK.hold && current.details.outcome === "");
  }

  private decided(current: Current): void {
    navigator.vibrate?.(BUZZ[Desk.standing(current)] ?? []);
    announce(w(Desk.standing(current)));
    void this.draw();
    this.back.soon();
  }

  private say(words: Key): void {
    this.hint.textContent = w(words);
    this.hint.classList.add("is-wrong");
    window.clearTimeout(this.hintTimer);
    this.hintTimer = window.setTimeout(() => this.cameraSays(this.camera.state), HINT_MS);
  }

  // Screens

  private async show(view: View): Promise<void> {
    if (this.desk && view !== "scan" && this.desk.current && !this.waitsForOutcome()) await this.desk.next();
    this.view = view;
    if (view === "enrol") this.enrol = new Enrol(this.code, { app: this.app, done: () => this.enrolled() });
    if (view === "assist" && this.desk) {
      this.assist = new Assist(this.desk.device, { plate: () => this.desk?.vehicle?.plate ?? "", done: (one, result) => this.declared(one, result), turned: () => this.cameraFor() });
      void this.assist.start();
    }
    await this.draw();
  }

  private async enrolled(): Promise<void> {
    this.code = null;
    const found = await device();
    if (found) await this.safely(() => this.open(found));
  }

  /** The declaration is kept: now its scan, linked to it, with what was said. */
  private async declared(one: Assisted, result: string): Promise<void> {
    await this.safely(async () => {
      const { answers } = one.submission;
      this.view = "scan";
      const current = await this.desk?.byHand(personOf(answers), { declaration: one.submission.id, facts: { ...factsOf(answers, Date.now()), declared_result: result, declared_age_h: 0 } });
      if (current) this.decided(current);
    });
  }

  private async draw(): Promise<void> {
    if (this.broken || this.elsewhere) return;
    const turn = (this.drawn += 1);
    const page = await this.page();
    if (turn !== this.drawn) return; // something newer is up
    this.content.replaceChildren(...(page ? [page] : []));
    this.content.scrollTop = 0;
    const deciding = this.view === "scan" && this.desk?.current;
    this.stage.className = `g-stage ${deciding ? "is-deciding" : this.view === "scan" ? "is-scanning" : "is-page"}`;
    this.nav.hidden = this.view === "enrol" || Boolean(deciding);
    this.drawNav();
    this.cameraFor();
    void this.drawTop();
  }

  private async page(): Promise<HTMLElement | null> {
    const { desk } = this;
    if (this.view === "enrol" || !desk) return this.enrol?.element ?? null;
    if (this.view === "assist") return this.assist?.element ?? null;
    if (this.view === "list") return listView();
    if (this.view === "queue") return queueView({ count: (n, why) => this.counted(desk.count(n, why)), details: (group) => this.resume(group) });
    if (this.view === "about") return aboutView(desk.device, desk.bundle, await state(), await log.unsent(), { refresh: () => this.refresh(), send: () => this.back.send(true), enrol: () => void this.show("enrol") });
    return desk.current ? decisionView(desk.current, desk.vehicle ? desk.vehicle.plate || w("vehicleUnknown") : "", this.ways(desk, desk.current)) : null;
  }

  private async counted(count: Promise<string>): Promise<string> {
    try {
      const group = await count;
      this.back.soon();
      return group;
    } catch (error) {
      this.fail(error);
      throw error;
    }
  }

  private resume(group: string): Promise<void> {
    this.desk?.resume(group);
    return this.show("scan");
  }

  private ways(desk: Desk, current: Current): Parameters<typeof decisionView>[2] {
    const change = (more: Parameters<Desk["change"]>[0]): Promise<void> => this.safely(() => desk.change(more)).then(() => this.draw());
    const next = (): Promise<void> => this.safely(() => desk.next()).then(() => this.after());
    const opened = (ask: (gone: () => void) => void): void => {
      this.sheetOpen = true;
      ask(() => (this.sheetOpen = false));
    };
    const vehicle = { board: (plate: string, vpass: Parameters<Desk["board"]>[1]) => this.safely(() => desk.board(plate, vpass)).then(() => this.draw()), scanNext: () => (this.waitsForOutcome() ? undefined : next()), leave: () => this.safely(() => desk.leave()).then(() => this.after()) };
    return {
      next,
      temp: () => opened((gone) => details.askTemp(current, change, gone)),
      paper: () => opened((gone) => details.askPaper(current, change, gone)),
      vehicle: () => opened((gone) => details.askVehicle(desk.vehicle, vehicle, gone)),
      dest: () => opened((gone) => details.askDest(current, change, gone)),
      outcome: () => opened((gone) => details.askOutcome(current, change, next, gone)),
      over: () => opened((gone) => details.askOver(current, change, gone)),
      print: current.seen.how === "manual" && current.details.declaration ? () => void printCard(desk.device, current.details.declaration) : null,
    };
  }

  private async after(): Promise<void> {
    await this.draw();
    this.back.soon();
  }

  // What is in sight at all times

  private async drawTop(): Promise<void> {
    const { desk } = this;
    if (!desk) return this.top.replaceChildren(h("strong", { class: "g-place" }, "Lá Chắn"));
    const unsent = await log.unsent().catch(() => null);
    if (unsent === null) return;
    const turn = (dir: "in" | "out"): HTMLElement =>
      h("button", { type: "button", class: "g-dir", "aria-pressed": String(desk.dir === dir), "data-testid": `dir-${dir}`, onclick: () => { desk.dir = dir; void this.drawTop(); } }, w(dir)); // prettier-ignore
    const chip = h("button", { type: "button", class: `g-sync${unsent ? " is-waiting" : ""}`, onclick: () => void this.show("about"), "data-testid": "unsent", "data-unsent": unsent }, unsent ? glyph({ icon: "cloud-up" }) : glyph({ icon: "cloud-check" }), h("span", {}, unsent ? w("unsent", { n: unsent }) : w("allSent")));
    this.top.replaceChildren(h("strong", { class: "g-place" }, desk.device.place.name), chip, h("div", { class: "g-dirs", role: "group", "aria-label": w("direction") }, turn("in"), turn("out")));
    this.drawNotes(desk);
  }

  private drawNotes(desk: Desk): void {
    const found: HTMLElement[] = [];
    if (this.revoked) found.push(strip("stop", w("revoked"), "revoked"));
    const now = bundles.freshnessNow(desk.bundle);
    if (now === "stale") found.push(strip("warn", w("stale", { age: age((clock.now() - (desk.bundle?.issued ?? 0)) / 3600) }), "bundle-stale"));
    if (now === "expired") found.push(strip("stop", w("expired"), "bundle-expired"));
    if (now === "clock") found.push(strip("stop", w("clockBack"), "bundle-clock"));
    if (now === "none") found.push(strip("stop", w("noBundle"), "bundle-none"));
    const { vehicle } = desk;
    if (vehicle && this.view === "scan") {
      const done = h("button", { type: "button", class: "g-link", onclick: () => void this.safely(() => desk.leave()).then(() => this.after()), "data-testid": "vehicle-over" }, w("vehicleDone"));
      found.push(strip("info", w("vehicleOf", { plate: vehicle.plate || w("vehicleUnknown"), n: vehicle.people }), "vehicle", done));
    }
    this.notes.replaceChildren(...found);
    if (this.freshness && this.freshness !== now && desk.current) void this.renew(desk.bundle);
    this.freshness = now;
  }

  private drawNav(): void {
    const item = (view: View, icon: SVGElement): HTMLElement =>
      h("button", { type: "button", "aria-current": view === this.view ? "page" : null, onclick: () => void this.safely(() => this.show(view)), "data-testid": `nav-${view}` }, icon, h("span", {}, w(view as Key)));
    this.nav.replaceChildren(item("scan", glyph({ icon: "scan" })), item("queue", glyph({ icon: "users-plus" })), item("assist", glyph({ icon: "clipboard-heart" })), item("list", glyph({ icon: "list-details" })), item("about", glyph({ icon: "device-mobile" })));
  }

  private cameraFor(): void {
    const looks = this.view === "scan" ? !this.revoked : this.view === "enrol" ? Boolean(this.enrol?.wantsCode) : this.view === "assist" && Boolean(this.assist?.wantsCard);
    this.stage.classList.toggle("with-camera", looks);
    if (looks) void this.camera.start();
    else this.camera.stop();
  }

  private cameraSays(now: CameraState): void {
    this.hint.classList.remove("is-wrong");
    this.hint.textContent = w(CAMERA_WORDS[now]);
    this.box.dataset.camera = now;
    this.box.dataset.reads = this.camera.readsIn;
    const tool = (words: Key, icon: SVGElement, act: () => unknown, on = false): HTMLElement =>
      h("button", { type: "button", class: "g-tool", "aria-pressed": on ? "true" : null, onclick: () => void act(), "data-testid": `tool-${words}` }, icon, h("span", {}, w(words)));
    const hand = this.view === "scan" ? tool("byHand", glyph({ icon: "keyboard" }), () => this.openHand()) : null;
    void this.camera.cameras().then((all) => {
      const torch = this.camera.hasTorch ? tool("torch", glyph({ icon: "bulb" }), () => this.camera.toggleTorch(), this.camera.torchOn) : null;
      const other = all.length > 1 ? tool("camera", glyph({ icon: "camera-rotate" }), () => this.camera.another()) : null;
      const again = now === "refused" || now === "none" ? tool("openCamera", glyph({ icon: "camera" }), () => this.camera.start()) : null;
      this.tools.replaceChildren(...[torch, other, again, hand].filter((each): each is HTMLElement => each !== null));
    });
  }

  private openHand(): void {
    const { desk } = this;
    if (!desk || this.revoked) return;
    this.sheetOpen = true;
    const shown = (act: () => Promise<unknown>): Promise<void> => this.safely(act);
    askHand(
      {
        code: (text) => shown(() => this.read(text)),
        person: (person, told) => shown(async () => this.decided(await desk.byHand(person, { told }))),
      },
      () => (this.sheetOpen = false),
    );
  }

  // The province

  private async renew(bundle: Parameters<Desk["renew"]>[0]): Promise<void> {
    if (!this.desk) return;
    await this.safely(async () => {
      if (await this.desk?.renew(bundle)) await this.draw();
    });
    void this.drawTop();
  }

  private seeRevoked(): void {
    if (this.revoked) return;
    this.revoked = true;
    void this.draw();
  }

  private async refresh(): Promise<Fetched> {
    return this.back.refresh();
  }
}

export { enrolCode };
