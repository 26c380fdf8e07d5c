/** The gate's scanner: an enrolled device verifies, decides and keeps a log without a network. */
import "../public/main";
import "../declare/declare.scss";
import "./scanner.scss";
import { register } from "../declare/install";
import { remembered } from "../i18n";
import { glyph } from "../shared/dom";
import { App, enrolCode } from "./app";

/** The code that led here must not stay in the address, the history or a screenshot of them. */
function codeInAddress(): ReturnType<typeof enrolCode> {
  const code = enrolCode(location.hash);
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);
  return code;
}

/** Named after its own build, so that the province sees which version a scan was made with. */
const build = /([\w-]+)\.js/.exec(new URL(import.meta.url).pathname)?.[1] ?? "dev";
const root = document.getElementById("scanner");
document.documentElement.lang = remembered() || document.documentElement.lang;
const code = codeInAddress();
glyph({ icon: "scan" }); // while the server's own icon still says where the others come from
if (root) void new App(root, build.slice(0, 40), code).start();
void register();
void navigator.serviceWorker?.ready.then(({ active }) => active?.postMessage("gate"));
