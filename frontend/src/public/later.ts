/** What any public page does once it stands: the worker, the reader's language for it, and what waits to be sent. */
import { register } from "../declare/install";
import * as declarations from "../declare/sender";
import { lang, rememberLang } from "../i18n";
import * as visits from "../visit/teller";

export function begin(): void {
  if (new URLSearchParams(location.search).has("lang")) rememberLang(lang()); // the worker may have answered, not the server
  if (document.querySelector("[data-offline]")) window.addEventListener("online", () => location.reload());
  void register();
  declarations.start();
  visits.start();
}
