/** The reader's language, as the worker knows it: what pages say, what the server answered in, what an address asks for. */
import { type Lang, langOf } from "./routes";

/** Not of a build: outlives every update. */
const CACHE = "lc-reader";
const KEY = "/lang";
let known: Lang | null = null;

/** Keep it for when the worker is started anew without a network. */
export async function noteLang(said: string | null | undefined): Promise<void> {
  const lang = langOf(said);
  if (lang === null || lang === known) return;
  known = lang;
  try {
    await (await caches.open(CACHE)).put(KEY, new Response(lang));
  } catch {
    // a full disk: known until the worker stops
  }
}

/** Vietnamese unless somebody chose. */
export async function readLang(): Promise<Lang> {
  if (known !== null) return known;
  try {
    const kept = await (await caches.open(CACHE)).match(KEY);
    known = langOf(await kept?.text());
  } catch {
    // no storage
  }
  return known ?? "vi";
}

/** A page's last resort, when even what was kept is gone: a heading and a way to try again. */
export function bare(lang: Lang): Response {
  const [title, text, again] =
    lang === "en"
      ? ["No network", "This page isn't kept on this device. Try again when there is a network.", "Try again"]
      : ["Không có mạng", "Trang này chưa được giữ trên máy. Hãy thử lại khi có mạng.", "Thử lại"];
  const body = `<!doctype html><html lang="${lang}"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><h1>${title}</h1><p>${text}</p><p><a href="">${again}</a> · <a href="/cua-toi/">Lá Chắn</a></p></html>`;
  return new Response(body, { status: 503, headers: { "content-type": "text/html; charset=utf-8" } });
}
