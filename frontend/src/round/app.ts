/** The round's page: the list, a door, a form; what isn't sent yet in sight at all times. */
import { lang, onLanguage, setLanguage } from "../i18n";
import { displayMoment } from "../kernel/dates";
import { announce, confirmed, glyph, h } from "../shared/dom";
import { Pump } from "../shared/pump";
import { type Ways as DoorWays, doorView, inWords } from "./door";
import { type Door, type Filter, doors, matches } from "./doors";
import { illForm, needsForm } from "./forms";
import * as lists from "./list";
import * as notes from "./notes";
import { type Shown, overview, searchBox } from "./overview";
import { press, strip } from "./parts";
import { onTold } from "./store";
import { w } from "./words";

const FRESH_MS = 5 * 60_000;
const SIGN_IN = "/tai-khoan/login/?next=/tuan/";

interface Place {
  readonly id: string;
  readonly form: "ill" | "needs" | "";
}

export class App {
  private kept: lists.Kept | null = null;
  private loaded: lists.Loaded | null = null;
  private rows: notes.Note[] = [];
  private sync: notes.SyncState = { tries: 0, next: 0, trouble: "" };
  private shown: Shown = { filter: "all", query: "", ids: new Set() };
  private fresh: { note: notes.Note; timer: number } | null = null;
  private broken = false;
  private place: Place = { id: "", form: "" };
  private scroll = 0;
  /** Steps back that stay on this page. */
  private depth = 0;
  private readonly top = h("header", { class: "r-top" });
  private readonly strips = h("div", { class: "r-strips" });
  private readonly content = h("div", { class: "r-content" });
  private readonly bar = h("div", { class: "r-undo", role: "status", "data-testid": "undo-bar", hidden: true });
  private readonly box: HTMLInputElement;
  private readonly pump: Pump;
  private wanted = 0;

  /** `account`, `team`: as the server's page has them; empty in the page that stands in for it. */
  constructor(
    private readonly root: HTMLElement,
    private readonly account: string,
    private team: string,
  ) {
    this.box = searchBox(this.ways());
    this.pump = new Pump((force) => this.flush(force), notes.SYNC_TAG, () => void this.sent());
  }

  async start(): Promise<void> {
    this.place = placeOf(location.hash);
    await this.read();
    const { account = this.account, team = this.team } = this.kept?.list ?? {};
    if ((this.account && account !== this.account) || (this.team && team !== this.team)) {
      await lists.drop().catch(() => undefined); // somebody else is signed in now, or goes with another team
      this.kept = null;
    }
    this.root.replaceChildren(this.top, this.strips, this.content, this.bar);
    this.filter(this.shown.filter);
    onLanguage(() => {
      this.box.placeholder = w("search");
      this.box.setAttribute("aria-label", w("search"));
      this.draw();
    });
    onTold(() => void this.again());
    for (const change of ["online", "offline"]) window.addEventListener(change, () => this.draw());
    window.addEventListener("online", () => void this.load());
    window.addEventListener("hashchange", () => this.go());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && void this.looked());
    this.pump.start();
    await this.load();
  }

  // What is known

  private async read(): Promise<void> {
    try {
      [this.kept, this.rows, this.sync] = [await lists.kept(Date.now()), await notes.all(), await notes.sync()];
      this.team ||= this.kept?.list.team ?? "";
    } catch {
      this.broken = true;
    }
  }

  private async again(): Promise<void> {
    await this.read();
    this.draw();
  }

  private async load(): Promise<void> {
    try {
      this.loaded = await lists.load(this.team, Date.now);
      const list = this.loaded === "list" ? (await lists.kept(Date.now()))?.list : undefined;
      if (list) await notes.tidy(new Set(list.households.flatMap((house) => house.notes.map(({ id }) => id))), Date.now() - 86_400_000);
    } catch {
      this.broken = true;
    }
    const had = this.kept !== null;
    await this.read();
    if (!had) this.filter(this.shown.filter);
    else this.draw();
    if (this.loaded === "list" && this.sync.trouble && notes.waiting(this.rows).length > 0) await this.pump.now(); // whatever stood in the way may be over
  }

  /** The term may have come while the phone lay in a pocket. */
  private async looked(): Promise<void> {
    await this.again();
    if (!this.kept || Date.now() - this.kept.loaded > FRESH_MS) await this.load();
  }

  private flush(force: boolean): Promise<number | null> {
    return notes.flush(Date.now, force).catch(() => 60);
  }

  /** After something was brought the server tells who else was there. */
  private async sent(): Promise<void> {
    const before = notes.waiting(this.rows).length;
    await this.again();
    const now = notes.waiting(this.rows).length;
    if (now < before) await this.load();
    if (now > 0 && this.sync.trouble === "") this.sendSoon();
  }

  private sendSoon(): void {
    window.clearTimeout(this.wanted);
    this.wanted = window.setTimeout(() => void this.pump.now(false), notes.HOLD_MS + 100);
  }

  // What is done

  private ways() {
    return {
      open: (door: Door) => this.open(door.house.id),
      note: (door: Door, seen: notes.Seen, member = "") => this.note(door, seen, member),
      search: (query: string) => {
        this.shown = { ...this.shown, query };
        this.draw();
      },
      filter: (filter: Filter) => this.filter(filter),
      form: (door: Door, kind: "ill" | "needs") => this.open(`${door.house.id}/${kind}`),
      takeBack: (note: notes.Note) => this.takeBack(note),
      cancel: () => this.up(),
    } satisfies DoorWays & Record<string, unknown>;
  }

  private open(where: string): void {
    if (this.place.id === "") this.scroll = window.scrollY;
    this.depth += 1;
    location.hash = `#/${where}`;
  }

  /** One screen up, also where the page was opened in the middle. */
  private up(): void {
    if (this.depth > 0) return history.back();
    history.replaceState(null, "", this.place.form ? `#/${this.place.id}` : location.pathname + location.search);
    this.go();
  }

  private go(): void {
    const before = this.place;
    this.place = placeOf(location.hash);
    if (level(this.place) < level(before)) this.depth = Math.max(0, this.depth - 1);
    if (before.id !== "" && this.place.id === "") this.filter(this.shown.filter);
    else this.draw();
    window.scrollTo({ top: this.place.id === "" ? this.scroll : 0 });
    if (this.place.id) this.content.querySelector<HTMLElement>("[data-key=title]")?.focus({ preventScroll: true });
    else this.focus(`open:${before.id}`);
  }

  private async note(door: Door, seen: notes.Seen, member: string): Promise<void> {
    if (!this.kept) return;
    try {
      const made = await notes.add(this.kept, door.house, member, seen, Date.now());
      this.broken = false;
      this.offerUndo(made);
    } catch {
      this.broken = true;
      return this.draw();
    }
    navigator.vibrate?.(40);
    this.rows = await notes.all();
    if (this.place.id) this.up();
    this.draw();
    this.sendSoon();
  }

  private offerUndo(note: notes.Note): void {
    window.clearTimeout(this.fresh?.timer);
    const timer = window.setTimeout(() => {
      this.fresh = null;
      this.drawUndo();
    }, notes.HOLD_MS);
    this.fresh = { note, timer };
    this.drawUndo();
    announce(w("saved", { n: note.number, what: inWords(note) }));
  }

  private async takeBack(note: notes.Note): Promise<void> {
    const done = await notes.undo(note, Date.now()).catch(() => false);
    if (this.fresh?.note.id === note.id) this.fresh = null;
    announce(done ? w("undone", { n: note.number }) : w("tooLate"));
    await this.again();
    if (!done) this.strips.append(strip("warn", "too-late", w("tooLate")));
  }

  private filter(filter: Filter): void {
    const all = this.doors();
    this.shown = { ...this.shown, filter, ids: new Set(all.filter((door) => matches(door, filter)).map(({ house }) => house.id)) };
    this.draw();
  }

  private async endShift(): Promise<void> {
    const n = notes.waiting(this.rows).length;
    if (!(await confirmed(n > 0 ? w("endWaiting", { n }) : w("endSure")))) return;
    await notes.endShift();
    this.fresh = null;
    await this.again();
    if (navigator.onLine) signOut();
  }

  // What is seen

  private doors(): Door[] {
    return this.kept ? doors(this.kept.list.households, this.rows, this.kept.list.account, Date.now()) : [];
  }

  private draw(): void {
    const focused = (document.activeElement as HTMLElement | null)?.dataset?.key;
    this.drawTop();
    this.drawStrips();
    this.drawContent();
    this.drawUndo();
    if (focused) this.focus(focused);
  }

  private focus(key: string): void {
    const again = [...this.root.querySelectorAll<HTMLElement>("[data-key]")].find((each) => each.dataset.key === key);
    if (again && document.activeElement !== again) again.focus({ preventScroll: true });
  }

  private drawTop(): void {
    const waits = notes.waiting(this.rows).length;
    const back = this.place.id
      ? h("button", { type: "button", class: "r-back r-button", "data-testid": "back", "data-key": "back", "aria-label": w("back"), onclick: () => this.up() }, glyph({ icon: "chevron-left" }))
      : h("a", { class: "r-back r-button", href: "/cb/", "aria-label": w("home") }, glyph({ icon: "home" }));
    const list = this.kept?.list;
    const name = h("p", { class: "r-team" }, h("strong", {}, list?.name ?? w("title")), list ? h("span", {}, list.where) : null);
    const chip = press(waits > 0 ? w("unsent", { n: waits }) : w("allSent"), `r-sync${waits > 0 ? " is-waiting" : ""}`, "sync", () => this.pump.now(), navigator.onLine ? glyph({ icon: "cloud-upload" }) : glyph({ icon: "wifi-off" }));
    chip.dataset.waiting = String(waits);
    chip.dataset.trouble = this.sync.trouble;
    chip.title = w("sendNow");
    this.top.replaceChildren(back, name, chip);
  }

  private drawStrips(): void {
    const waits = notes.waiting(this.rows);
    const others = waits.filter((note) => this.kept && note.account !== this.kept.list.account);
    const signedOut = navigator.onLine && (this.loaded === "signin" || this.sync.trouble === "signin");
    const told: (HTMLElement | null)[] = [
      this.broken ? strip("stop", "storage", w("storage")) : null,
      navigator.onLine ? null : strip("info", "offline", w("offline")),
      signedOut ? strip("warn", "signin", w("signin"), h("a", { class: "r-link", href: SIGN_IN }, w("signinGo"))) : null,
      others.length > 0 ? strip("warn", "other", w("other", { n: others.length, user: others[0]?.user ?? "" })) : null,
      navigator.onLine && this.sync.trouble === "team" ? strip("warn", "team", w("team")) : null,
      navigator.onLine && (this.sync.trouble === "barred" || this.sync.trouble === "busy") ? strip("info", this.sync.trouble, w(this.sync.trouble)) : null,
      ...this.rows.filter(({ state }) => state === "refused").map((note) => this.refused(note)),
    ];
    this.strips.replaceChildren(...told.filter((part) => part !== null));
  }

  private refused(note: notes.Note): HTMLElement {
    const read = press(w("seen"), "r-small", `seen:${note.id}`, () => notes.dismiss(note.id).then(() => this.again()));
    return strip("warn", "refused", w("refusedNote", { n: note.number, why: note.why }), read);
  }

  private drawContent(): void {
    const all = this.doors();
    const door = all.find(({ house }) => house.id === this.place.id);
    if (!this.kept) return this.content.replaceChildren(this.nothing());
    if (!door) return this.content.replaceChildren(...overview(all, this.shown, this.ways(), this.box), this.foot(this.kept));
    if (!this.place.form) return this.content.replaceChildren(...doorView(door, this.kept.list, this.ways()));
    const drawn = `${this.place.id}/${this.place.form}/${document.documentElement.lang}`;
    if ((this.content.firstElementChild as HTMLElement | null)?.dataset.drawn === drawn) return; // what is being typed stays
    const form = (this.place.form === "ill" ? illForm : needsForm)(door, this.kept.list, this.ways());
    form.dataset.drawn = drawn;
    this.content.replaceChildren(form);
  }

  private nothing(): HTMLElement {
    const none = this.loaded === "none";
    const words = none ? w("teamNone") : this.loaded === null ? "…" : w("listNoneText");
    return h("section", { class: "r-empty", "data-testid": "no-list" }, h("h1", { class: "r-title" }, w(none ? "title" : "listNone")), h("p", {}, words), press(w("again"), "r-second", "again", () => this.load()));
  }

  private foot(kept: lists.Kept): HTMLElement {
    const until = w("listUntil", { time: displayMoment(lists.endOf(kept)) });
    return h(
      "footer",
      { class: "r-end" },
      h("p", { class: "r-muted", "data-testid": "until" }, `${w("reloaded", { time: displayMoment(kept.loaded) })}. ${until}`),
      press(w("reload"), "r-second", "reload", () => this.load(), glyph({ icon: "refresh" })),
      h("a", { class: "r-button r-second", href: `/tuan/in/?to=${kept.list.team}` }, glyph({ icon: "printer" }), h("span", {}, w("print"))),
      press(lang() === "en" ? "Tiếng Việt" : "English", "r-second", "language", () => setLanguage(lang() === "en" ? "vi" : "en"), glyph({ icon: "language" })),
      press(w("end"), "r-second", "end-shift", () => this.endShift(), glyph({ icon: "logout" })),
    );
  }

  private drawUndo(): void {
    this.bar.hidden = this.fresh === null;
    if (!this.fresh) return this.bar.replaceChildren();
    const { note } = this.fresh;
    this.bar.replaceChildren(h("span", {}, w("saved", { n: note.number, what: inWords(note) })), press(w("undo"), "r-small", "undo", () => this.takeBack(note), glyph({ icon: "arrow-back-up" })));
  }
}

/** `#/<household>/<form>`. */
function placeOf(hash: string): Place {
  const [, id = "", form = ""] = hash.split("/");
  return { id, form: form === "ill" || form === "needs" ? form : "" };
}

function level({ id, form }: Place): number {
  return (id ? 1 : 0) + (form ? 1 : 0);
}

function signOut(): void {
  const token = /(?:^|; )lc_csrf=([^;]+)/.exec(document.cookie)?.[1] ?? "";
  const form = h("form", { method: "post", action: "/tai-khoan/logout/", hidden: true }, h("input", { name: "csrfmiddlewaretoken", value: token }));
  document.body.append(form);
  form.submit();
}
