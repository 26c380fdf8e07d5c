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

/**
 * Make the header's language links change this page. Where `reloads` says that nothing would be lost, the whole page comes anew in
 * the other language; else the island changes in place.
 */
export function takeOverLanguageLinks(reloads: () => Promise<boolean> = () => Promise.resolve(false)): void {
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>("a.lc-lang[lang]");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const wanted = link.lang === "en" ? "en" : "vi";
    document.cookie = `lc_lang=${wanted};path=/;max-age=31536000;samesite=lax`;
    void reloads().then((whole) => (whole ? location.reload() : choose(wanted)));
  });
}

function choose(wanted: Lang): void {
  document.documentElement.lang = wanted;
  for (const link of document.querySelectorAll<HTMLAnchorElement>("a.lc-lang[lang]")) {
    if (link.lang === wanted) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  listeners.forEach((listener) => listener());
}
