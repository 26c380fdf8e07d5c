/// <reference lib="webworker" />
/**
 * The citizen's pages and the gate's scanner without a network. Caches belong to one build and are thrown away with it; what waits to be
 * sent, declarations and the scanner's log, is in IndexedDB, which no update touches. Pages are asked of the network first, with little patience.
 */
import { SYNC_TAG, flush } from "../declare/queue";
import * as declarations from "../scanner/engine/declarations";
import { enrolled } from "../scanner/engine/device";
import { SYNC_TAG as ROUND_TAG, flush as flushRound, used } from "../round/notes";
import { SYNC_TAG as GATE_TAG, flush as flushLog } from "../scanner/engine/sync";
import { SYNC_TAG as VISIT_TAG, flush as flushVisits } from "../visit/moves";
import { bare, noteLang, readLang } from "./language";
import { DATA, LANGUAGES, OFFLINE, PAGES, ROUND, type Route, SCANNER, gateFiles, keptAs, langOf, laterFiles, routeOf, shellFiles, standIn, teamFiles } from "./routes";

const worker = self as unknown as ServiceWorkerGlobalScope;
const CACHE = `lachan-${__BUILD__}`;
const BUILT = new Set<string>([...shellFiles(__PRECACHE__), ...laterFiles(__PRECACHE__), ...gateFiles(__PRECACHE__), ...teamFiles(__PRECACHE__)]);
const PATIENCE_MS = 4000;
/** For a page that nothing stands in for: longer, but nobody looks at a white page for ever. */
const LONG_PATIENCE_MS = 25_000;

interface SyncEvent extends ExtendableEvent {
  readonly tag: string;
}

worker.addEventListener("install", (event) => event.waitUntil(install()));
worker.addEventListener("activate", (event) => event.waitUntil(activate()));
worker.addEventListener("message", (event) => {
  if (event.data === "take-over") event.waitUntil(worker.skipWaiting());
  if (event.data === "gate") event.waitUntil(keepGate());
  if (event.data === "round") event.waitUntil(keepRound());
  const { lang } = (event.data ?? {}) as { lang?: string };
  if (lang) event.waitUntil(noteLang(lang));
});
worker.addEventListener("sync", (event) => {
  const { tag } = event as SyncEvent;
  if (tag === SYNC_TAG) (event as SyncEvent).waitUntil(sendQueue());
  if (tag === GATE_TAG) (event as SyncEvent).waitUntil(sendLog());
  if (tag === VISIT_TAG) (event as SyncEvent).waitUntil(sendVisits());
  if (tag === ROUND_TAG) (event as SyncEvent).waitUntil(sendRound());
});
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  const route = routeOf(request.method, request.mode, url, worker.location.origin, BUILT);
  if (route !== null) event.respondWith(answer(route, request, url));
});

async function install(): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.addAll(shellFiles(__PRECACHE__));
  await Promise.all([...inBoth(PAGES), ...DATA].map((path) => keep(cache, path)));
  if (await isGate()) await keepGate(); // an update must not leave an officer on the road without the scanner
  if (await used().catch(() => false)) await keepRound();
}

/** Whether this device stands at a gate. */
function isGate(): Promise<boolean> {
  return enrolled().catch(() => false);
}

/** Whichever language is chosen, the whole page is in it, also without a network. */
function inBoth(paths: readonly string[]): string[] {
  return paths.flatMap((path) => LANGUAGES.map((lang) => keptAs(path, lang)));
}

/** The scanner, its page and the code reader: a device at a gate takes them at once. */
function keepGate(): Promise<void> {
  return keepAll([...inBoth([SCANNER]), ...gateFiles(__PRECACHE__), ...laterFiles(__PRECACHE__)]);
}

/** The round's page and its parts, without anybody's data: that lies sealed in IndexedDB. */
function keepRound(): Promise<void> {
  return keepAll([...inBoth([ROUND]), ...teamFiles(__PRECACHE__)]);
}

async function keepAll(paths: readonly string[]): Promise<void> {
  const cache = await caches.open(CACHE);
  await Promise.all(paths.map(async (path) => (await cache.match(path)) || keep(cache, path)));
}

/** Without cookies: what is kept is the page that anybody gets, never someone's own. */
async function keep(cache: Cache, path: string): Promise<void> {
  try {
    const response = await fetch(path, { credentials: "omit", cache: "no-cache", headers: { "lc-kept": "1" } });
    if (response.ok && !response.redirected) await cache.put(path, response);
  } catch {
    // fetched again at the next visit; the shell alone is worth having
  }
}

async function activate(): Promise<void> {
  const old = (await caches.keys()).filter((name) => name.startsWith("lachan-") && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await worker.clients.claim();
  void keepReader();
}

/** The code reader is a megabyte: fetched in the background, and not on a phone that saves data. */
async function keepReader(): Promise<void> {
  const { connection } = worker.navigator as { connection?: { saveData?: boolean } };
  if (connection?.saveData) return;
  const cache = await caches.open(CACHE);
  for (const path of laterFiles(__PRECACHE__)) await keep(cache, path);
}

/** The browser tries again later if this fails, so it fails while anything waits. */
async function sendQueue(): Promise<void> {
  if ((await flush(Date.now(), true)) !== null) throw new Error("something still waits to be sent");
}

async function sendLog(): Promise<void> {
  const waits = [await declarations.flush(Date.now(), true), await flushLog(true)];
  if (waits.some((seconds) => seconds !== null)) throw new Error("something still waits to be sent");
}

async function sendRound(): Promise<void> {
  if ((await flushRound(Date.now, true)) !== null) throw new Error("something still waits to be sent");
}

async function sendVisits(): Promise<void> {
  if ((await flushVisits(Date.now(), true)) !== null) throw new Error("something still waits to be sent");
}

function answer(route: Exclude<Route, null>, request: Request, url: URL): Promise<Response> {
  if (route === "asset") return cacheFirst(request, url);
  if (route === "data") return data(request, url.pathname + url.search);
  return page(request, url, route);
}

async function cacheFirst(request: Request, url: URL): Promise<Response> {
  const kept = await find(url.pathname);
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok) store(url.pathname, response.clone());
  return response;
}

/** Fresh where the network is quick, and kept for next time. */
async function data(request: Request, key: string): Promise<Response> {
  const network = fetch(request);
  network.then((response) => response.ok && store(key, response.clone())).catch(() => undefined);
  return (await inTime(network, PATIENCE_MS, () => find(key))) ?? Response.error();
}

/** Pages are kept at install only, in both languages: what the network says is shown, never kept. */
async function page(request: Request, url: URL, route: "page" | "other" | "sent"): Promise<Response> {
  const lang = langOf(url.searchParams.get("lang"));
  if (lang) void noteLang(lang);
  const key = route === "page" ? standIn(url.pathname) : OFFLINE;
  const network = fetch(request);
  if (!lang) network.then((response) => noteLang(response.headers.get("content-language"))).catch(() => undefined);
  const found = route === "page" ? await inTime(network, PATIENCE_MS, () => keptPage(key)) : await orElse(network, route);
  return found ?? (await keptPage(OFFLINE)) ?? bare(await readLang());
}

/** What the network gives in time and whole, else what is kept, else whatever the network gives; null when there is nothing. */
async function inTime(network: Promise<Response>, ms: number, kept: () => Promise<Response | undefined>): Promise<Response | null> {
  try {
    const first = await Promise.race([network, patience(ms)]);
    if (first !== null && first.status < 500) return first;
    return (await kept()) ?? first ?? (await network);
  } catch {
    return (await kept()) ?? null;
  }
}

/** A server that answers, were it to say that it is busy, is not a missing network; what was sent may still be on its way. */
function orElse(network: Promise<Response>, route: "other" | "sent"): Promise<Response | null> {
  const answer = network.catch(() => null);
  return route === "sent" ? answer : Promise.race([answer, patience(LONG_PATIENCE_MS)]);
}

async function keptPage(path: string): Promise<Response | undefined> {
  const lang = await readLang();
  return (await find(keptAs(path, lang))) ?? find(keptAs(path, lang === "vi" ? "en" : "vi"));
}

/** A cache that can't be opened or written (a full disk, a private window) must never cost anyone the page. */
async function find(key: string): Promise<Response | undefined> {
  try {
    return await (await caches.open(CACHE)).match(key);
  } catch {
    return undefined;
  }
}

function store(key: string, response: Response): void {
  void caches.open(CACHE).then((cache) => cache.put(key, response)).catch(() => undefined);
}

function patience(ms: number): Promise<null> {
  return new Promise((resolve) => setTimeout(() => resolve(null), ms));
}
