/** Which requests the service worker answers, and how. Everything else (staff pages, sign-in, the intake) goes past it. */

export type Lang = "vi" | "en";
/**
 * asset: a built file · data: the form, the communes · page: has a stand-in of its own, asked of the network with little patience ·
 * other: a public page that only the network has, else the page that says so · sent: a form that was sent while there was no network.
 */
export type Route = "asset" | "data" | "page" | "other" | "sent" | null;

/** A declaration that any of the citizen's addresses can start from without a network. */
export const SHELL = "/khai/vo/";
export const MINE = "/cua-toi/";
export const HOME = "/";
/** The visitor's own check-in at any venue. */
export const VISIT = "/vao/vo/";
/** What works without a network, for every address that has nothing better. */
export const OFFLINE = "/mat-mang/";
/** The gate's scanner, as it starts without a network. */
export const SCANNER = "/quet/vo/";
/** A community team's round: the page without anybody's data. */
export const ROUND = "/tuan/vo/";
export const LANGUAGES: readonly Lang[] = ["vi", "en"];
export const DATA = ["/khai/form.json?form=domestic", "/don-vi/tat-ca.json"];
/** Pages that are kept as they are, because what they say is the same for everybody and stays true for a while. */
const AS_THEY_ARE = new Set([HOME, MINE, "/khai/", "/giup-do/", "/rieng-tu/", OFFLINE]);
export const PAGES: readonly string[] = [...AS_THEY_ARE, SHELL, VISIT];

const STAFF = /\/(?:staff|print)-[^/]+$/;
const LATER = /\.wasm$/;
/** What only a gate's device needs: fetched when the scanner is opened there, and from then on with every new build. */
const GATE = /\/scanner-[^/]+$/;
/** What only a community team's phone needs, likewise. */
const TEAM = /\/round-[^/]+$/;
/** Not a citizen's page: desks, sign-in, interfaces, built files, drawings, and whatever ends like a file. */
const NOT_PUBLIC = /^\/(?:(?:cb|tai-khoan|api|static|ma)(?:\/|$)|healthz)|\.[a-z0-9]+$/i;

/** Built files that a citizen's phone takes at once; the code reader's WebAssembly follows later, staff files never. */
export function shellFiles(built: readonly string[]): string[] {
  return built.filter((path) => !STAFF.test(path) && !LATER.test(path) && !GATE.test(path) && !TEAM.test(path));
}

/** What a gate's device takes on top. */
export function gateFiles(built: readonly string[]): string[] {
  return built.filter((path) => GATE.test(path));
}

/** What a team's phone takes on top. */
export function teamFiles(built: readonly string[]): string[] {
  return built.filter((path) => TEAM.test(path));
}

export function laterFiles(built: readonly string[]): string[] {
  return built.filter((path) => LATER.test(path));
}

export function routeOf(method: string, mode: string, url: URL, origin: string, built: ReadonlySet<string>): Route {
  if (url.origin !== origin) return null;
  if (mode === "navigate" && method === "POST") return NOT_PUBLIC.test(url.pathname) ? null : "sent";
  if (method !== "GET") return null;
  if (url.pathname.startsWith("/static/")) return built.has(url.pathname) || url.pathname.startsWith("/static/base/") ? "asset" : null;
  if (url.pathname === "/khai/form.json" || url.pathname === "/don-vi/tat-ca.json") return "data";
  if (mode !== "navigate" || NOT_PUBLIC.test(url.pathname)) return null;
  return standIn(url.pathname) === OFFLINE ? "other" : "page";
}

/** The kept page that stands in for an address; OFFLINE where only the network has it. */
export function standIn(pathname: string): string {
  if (AS_THEY_ARE.has(pathname)) return pathname;
  if (/^\/quet\/(?:vo\/)?$/.test(pathname)) return SCANNER;
  if (/^\/tuan\/(?:vo\/|[0-9a-f-]{36}\/)?$/.test(pathname)) return ROUND;
  if (/^\/(?:khai|q)\/./.test(pathname)) return SHELL;
  if (/^\/vao\//.test(pathname)) return VISIT;
  return OFFLINE;
}

/** Under what a page is kept: a page is kept once in each language. */
export function keptAs(path: string, lang: Lang): string {
  return `${path}?lang=${lang}`;
}

/** The language that an address asks for; null when it asks for none that there is. */
export function langOf(text: string | null | undefined): Lang | null {
  return LANGUAGES.find((lang) => lang === text) ?? null;
}
