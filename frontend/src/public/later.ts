/** What any public page does once it stands: the worker, the reader's language for it, and what waits to be sent. */
import { register } from "../declare/install";
import * as declarations from "../declare/sender";
import { lang, rememberLang } from "../i18n";
import { endShift } from "../round/end";
import * as visits from "../visit/teller";

export function begin(): void {
  if (new URLSearchParams(location.search).has("lang")) rememberLang(lang()); // the worker may have answered, not the server
  if (document.querySelector("[data-offline]")) window.addEventListener("online", () => location.reload());
  if (location.pathname === "/tai-khoan/login/") void endShift(); // whoever was signed in before is so no more
  void register();
  declarations.start();
  visits.start();
}
