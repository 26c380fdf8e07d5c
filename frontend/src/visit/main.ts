/** The visitor's island: takes over from the plain pages where scripts run. */
import { canComeAnew, takeOverLanguageLinks, t } from "../i18n";
import { h } from "../shared/dom";
import { Been } from "./been";
import { Door } from "./door";
import { tidy } from "./moves";
import { start as startTelling } from "./teller";
import { There } from "./there";

const KEPT_DAYS = 21;

async function door(root: HTMLElement): Promise<void> {
  const act = root.querySelector<HTMLElement>("[data-act]");
  if (act) await new Door(act, root).start(root.dataset.visit, root.dataset.in);
}

/** Without a network one page stands in for all of these addresses: which one it is, the address says. */
async function shell(root: HTMLElement): Promise<void> {
  const code = location.pathname.split("/")[2] ?? "";
  const act = h("div", { "data-act": "" });
  root.replaceChildren(act);
  if (code !== "" && code !== "vo") return new Door(act, root).start(undefined, undefined);
  const heading = document.querySelector("h1");
  if (heading) heading.textContent = t("visitBeen");
  document.querySelector("main a[href='/vao/']")?.closest("li")?.remove();
  return new Been(act).start();
}

const STARTS: Record<string, (root: HTMLElement) => Promise<void>> = { door, been: (root) => new Been(root).start(), settings: (root) => new There(root).start(), visits: shell };

async function start(): Promise<void> {
  const roots = document.querySelectorAll<HTMLElement>("[data-island]");
  await tidy(Number(roots[0]?.dataset.kept) || KEPT_DAYS, Date.now());
  for (const root of roots) await STARTS[root.dataset.island ?? ""]?.(root);
  startTelling();
}

takeOverLanguageLinks(() => Promise.resolve(canComeAnew()));
void start();
