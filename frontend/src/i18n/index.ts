/** Words in the reader's language: that of the page, changed without losing what was typed. */
import { en } from "./en";
import { vi } from "./vi";

export type Lang = "vi" | "en";
export type Words = Readonly<Record<keyof typeof vi, string>>;

const WORDS: Record<Lang, Words> = { vi, en };
const listeners = new Set<() => void>();

export function lang(): Lang {
  return document.documentElement.lang === "en" ? "en" : "vi";
}

/** The words of a key, `{name}` filled in. */
export function t(key: keyof Words, params: Readonly<Record<string, string | number>> = {}): string {
  return fill(WORDS[lang()][key], params);
}

export function fill(text: string, params: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
}

/** Python's `%(max)s` sentences, which the server sends for the codes of refusals. */
export function fillPython(text: string, params: Readonly<Record<string, unknown>>): string {
  return text.replace(/%\((\w+)\)s/g, (whole, name: string) => String(params[name] ?? whole)).replace(/%%/g, "%");
}

export function onLanguage(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Whether this page could come anew now: from the network, or from the worker, which keeps every page in both languages. */
export function canComeAnew(): boolean {
  return navigator.onLine || Boolean(navigator.serviceWorker?.controller);
}

/** Say the reader's language to the service worker, which can't see cookies: without a network it gives pages in it. */
export function tellWorker(wanted: Lang = lang()): void {
  const worker = navigator.serviceWorker;
  if (worker?.controller) worker.controller.postMessage({ lang: wanted });
  else void worker?.ready.then((registration) => registration.active?.postMessage({ lang: wanted }));
}

/** The language that was chosen on this device; null when nobody chose. */
export function remembered(): Lang | null {
  const chosen = /(?:^|; )lc_lang=(vi|en)/.exec(document.cookie)?.[1];
  return (chosen as Lang | undefined) ?? null;
}

/** Choose a language here and for every later page. */
export function setLanguage(wanted: Lang): void {
  rememberLang(wanted);
  tellWorker(wanted);
  choose(wanted);
}

/** Keep the reader's choice where the server sees it. */
export function rememberLang(wanted: Lang): void {
  document.cookie = `lc_lang=${wanted};path=/;max-age=31536000;samesite=lax`;
}

/**
 * Make the header's language links change this page. Where `reloads` says that nothing would be lost, the whole page comes anew in
 * the other language; else the island changes in place, and the page's frame with it.
 */
export function takeOverLanguageLinks(reloads: () => Promise<boolean> = () => Promise.resolve(false)): void {
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>("a.lc-lang[lang]");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const wanted = link.lang === "en" ? "en" : "vi";
    rememberLang(wanted);
    tellWorker(wanted);
    void reloads().then((whole) => (whole ? anew() : choose(wanted)));
  });
}

/** An address that asks for a language would go on asking for the old one. */
function anew(): void {
  const address = new URL(location.href);
  if (!address.searchParams.has("lang")) return location.reload();
  address.searchParams.delete("lang");
  location.replace(address);
}

function choose(wanted: Lang): void {
  document.documentElement.lang = wanted;
  document.getElementById("lc-announce")?.replaceChildren(); // what was said in the other language is said
  void reframe(wanted);
  listeners.forEach((listener) => listener());
}

const FRAME_PAGE = "/mat-mang/";
const FRAME = [".lc-skip", ".lc-topbar", ".lc-foot"];

/** The header and footer in the other language, from a page that is kept in both; left as they are where it can't be had. */
async function reframe(wanted: Lang): Promise<void> {
  const address = `${FRAME_PAGE}?lang=${wanted}`;
  const kept = typeof caches === "undefined" ? undefined : await caches.match(address).catch(() => undefined);
  const answer = kept ?? (await fetch(address).catch(() => undefined));
  if (!answer?.ok || document.documentElement.lang !== wanted) return mark(wanted);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of FRAME) {
    const other = page.querySelector(part);
    if (other) document.querySelector(part)?.replaceWith(document.adoptNode(other));
  }
  mark(wanted);
}

function mark(wanted: Lang): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>("a.lc-lang[lang]")) {
    if (link.lang === wanted) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}
