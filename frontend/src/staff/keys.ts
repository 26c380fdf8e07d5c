/** Keys of a list: / searches, j and k move over the rows of `[data-rows]`, Enter opens, n is the next page, ? shows the keys. */
export type Act = "search" | "down" | "up" | "open" | "next" | "help";

const KEYS: Record<string, Act> = { "/": "search", j: "down", k: "up", Enter: "open", n: "next", "?": "help" };

interface Pressed { key: string; ctrlKey: boolean; altKey: boolean; metaKey: boolean; typing: boolean }

/** What a key asks for; nothing while someone types, or with a modifier that belongs to the browser. */
export function actOf(pressed: Pressed): Act | undefined {
  if (pressed.ctrlKey || pressed.altKey || pressed.metaKey || pressed.typing) return undefined;
  return KEYS[pressed.key];
}

/** The row to go to from row `at` (-1: none yet) of `count`; stops at the ends. */
export function step(at: number, by: 1 | -1, count: number): number {
  if (count === 0) return -1;
  return Math.min(Math.max(at + by, 0), count - 1);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.closest("dialog") !== null);
}

function rows(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("[data-rows] > *")].filter((row) => row.querySelector("a[href]"));
}

function linkOf(row: HTMLElement | undefined): HTMLAnchorElement | null {
  return row?.querySelector<HTMLAnchorElement>("a[data-open], a[href]") ?? null;
}

function move(by: 1 | -1): void {
  const all = rows();
  const to = step(all.findIndex((row) => row.classList.contains("is-current")), by, all.length);
  all.forEach((row, at) => row.classList.toggle("is-current", at === to));
  linkOf(all[to])?.focus();
  all[to]?.scrollIntoView({ block: "nearest" });
}

function search(): void {
  const input = document.querySelector<HTMLInputElement>("[data-search], form[role=search] input:not([type=hidden])");
  input?.focus();
  input?.select();
}

function help(): void {
  const dialog = document.getElementById("shortcuts");
  if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
}

const ACTS: Record<Act, () => unknown> = {
  search,
  down: () => move(1),
  up: () => move(-1),
  open: () => linkOf(rows().find((row) => row.classList.contains("is-current")))?.click(),
  next: () => document.querySelector<HTMLAnchorElement>("a[data-next]")?.click(),
  help,
};

export function startKeys(page: Document = document): void {
  page.addEventListener("keydown", (event) => {
    const onControl = event.key === "Enter" && (event.target as Element).closest?.("a, button, summary");
    const act = actOf({ key: event.key, ctrlKey: event.ctrlKey, altKey: event.altKey, metaKey: event.metaKey, typing: isTyping(event.target) });
    if (!act || onControl) return;
    event.preventDefault();
    ACTS[act]();
  });
  page.addEventListener("click", (event) => {
    if ((event.target as Element).closest("[data-shortcuts]")) help();
  });
}
