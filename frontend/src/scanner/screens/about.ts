/** This device: where it stands, how old its rules are, what waits, and how to enrol it for another shift. */
import { type Lang, lang, setLanguage } from "../../i18n";
import { displayMoment } from "../../kernel/dates";
import { h } from "../../shared/dom";
import type { Bundle, Fetched } from "../engine/bundle";
import type { Device } from "../engine/device";
import type { SyncState } from "../engine/sync";
import { w } from "../words";
import { big, choices, key } from "./parts";

export interface AboutWays {
  refresh(): Promise<Fetched>;
  send(): Promise<unknown>;
  enrol(): void;
}

export async function aboutView(device: Device, bundle: Bundle | null, sync: SyncState, unsent: number, ways: AboutWays): Promise<HTMLElement> {
  const said = h("p", { class: "lc-help", role: "status", "data-testid": "about-said" });
  const persisted = (await navigator.storage?.persist?.().catch(() => false)) ?? false;
  const refresh = big(w("rulesNow"), async () => (said.textContent = w(key("refreshed_", await ways.refresh()))), { class: "g-second", "data-testid": "refresh" });
  const ends = typeof device.shift.ends === "number" ? device.shift.ends * 1000 : Date.parse(device.shift.ends);
  return h(
    "section",
    { class: "g-page", "data-testid": "about" },
    h("h2", {}, w("about")),
    fact(w("place"), device.place.name, device.name),
    fact(w("shift"), device.shift.name, w("shiftEnds", { time: displayMoment(ends) })),
    fact(w("rules"), bundle ? w("rulesFrom", { time: displayMoment(bundle.issued * 1000), time2: displayMoment(bundle.expires * 1000) }) : w("noBundle"), bundle?.version ?? ""),
    refresh, said,
    fact(w("syncing"), unsent ? w("unsent", { n: unsent }) : w("allSent"), sync.last ? w("lastSync", { time: displayMoment(sync.last) }) : w("neverSync")),
    sync.trouble && unsent ? h("p", { class: "lc-help", "data-testid": "sync-trouble" }, w(key("sync_", sync.trouble))) : null,
    big(w("sendNow"), ways.send, { class: "g-second", "data-testid": "send-now" }),
    h("p", { class: "lc-help" }, w(persisted ? "persisted" : "notPersisted")),
    languages(),
    big(w("reenrol"), ways.enrol, { class: "g-second", "data-testid": "reenrol" }),
  ); // prettier-ignore
}

/** Each in its own language; the choice outlives the page and needs no network. */
function languages(): HTMLElement {
  return choices<Lang>(w("language"), [["vi", "Tiếng Việt"], ["en", "English"]], lang(), setLanguage, "lang");
}

function fact(label: string, value: string, more: string): HTMLElement {
  return h("div", { class: "g-fact" }, h("small", {}, label), h("strong", {}, value), more ? h("span", {}, more) : null);
}
