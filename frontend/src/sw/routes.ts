/** Which requests the service worker answers, and how. Everything else (staff pages, sign-in, the intake, every POST) goes past it. */

export type Route = "asset" | "page" | "data" | null;

/** A page that any of the citizen's addresses can start from without a network. */
export const SHELL = "/khai/vo/";
export const MINE = "/cua-toi/";
export const HOME = "/";
/** The gate's scanner, as it starts without a network. */
export const SCANNER = "/quet/vo/";
export const DATA = ["/khai/form.json?form=domestic", "/don-vi/tat-ca.json"];
export const PAGES = [SHELL, MINE, HOME, "/khai/"];

const STAFF = /\/(?:staff|print)-[^/]+$/;
const LATER = /\.wasm$/;
/** What only a gate's device needs: fetched when the scanner is opened there, and from then on with every new build. */
const GATE = /\/scanner-[^/]+$/;
const PAGE = /^\/(?:$|khai\/|q\/|cua-toi\/$|quet\/$|quet\/vo\/$)/;

/** Built files that a citizen's phone takes at once; the code reader's WebAssembly follows later, staff files never. */
export function shellFiles(built: readonly string[]): string[] {
  return built.filter((path) => !STAFF.test(path) && !LATER.test(path) && !GATE.test(path));
}

/** What a gate's device takes on top. */
export function gateFiles(built: readonly string[]): string[] {
  return built.filter((path) => GATE.test(path));
}

export function laterFiles(built: readonly string[]): string[] {
  return built.filter((path) => LATER.test(path));
}

export function routeOf(method: string, mode: string, url: URL, origin: string, built: ReadonlySet<string>): Route {
  if (method !== "GET" || url.origin !== origin) return null;
  if (url.pathname.startsWith("/static/")) return built.has(url.pathname) || url.pathname.startsWith("/static/base/") ? "asset" : null;
  if (url.pathname === "/khai/form.json" || url.pathname === "/don-vi/tat-ca.json") return "data";
  return mode === "navigate" && PAGE.test(url.pathname) ? "page" : null;
}

/** The kept page that stands in for an address. */
export function standIn(pathname: string): string {
  if (pathname.startsWith("/quet/")) return SCANNER;
  if (pathname === HOME || pathname === MINE || pathname === "/khai/") return pathname;
  return SHELL;
}
