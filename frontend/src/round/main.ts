/** A community team's round: takes over from the server's list where scripts run and this phone can seal what it keeps. */
import "../public/main";
import "./round.scss";
import { register } from "../declare/install";
import { remembered } from "../i18n";
import { glyph } from "../shared/dom";
import { App } from "./app";

const root = document.getElementById("round");
document.documentElement.lang = remembered() || document.documentElement.lang;
glyph({ icon: "home" }); // while the server's own icon still says where the others come from
const able = globalThis.crypto?.subtle !== undefined && typeof indexedDB !== "undefined";
if (root && able) void new App(root, root.dataset.account ?? "", root.dataset.team ?? "").start();
void register();
void navigator.serviceWorker?.ready.then(({ active }) => active?.postMessage("round"));
