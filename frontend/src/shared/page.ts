/** The small behaviours that every page has, by attribute: theme, copy, print, dismiss, file drop, focus on errors, confirm. */
import { guardForms } from "./confirm";
import { toggleTheme } from "./theme";

async function copy(button: HTMLElement): Promise<void> {
  await navigator.clipboard.writeText(button.dataset.copy ?? "");
  button.classList.add("is-copied");
  const done = button.dataset.copied;
  if (!done) return;
  const usual = button.textContent;
  button.textContent = done;
  setTimeout(() => { button.textContent = usual; }, 2000);
}

const CLICKS: Record<string, (target: HTMLElement) => unknown> = {
  "data-theme-toggle": () => toggleTheme(),
  "data-copy": (target) => copy(target),
  "data-print": () => window.print(),
  "data-dismiss": (target) => target.closest("[data-toast]")?.remove(),
};

function onClick(event: Event): void {
  const origin = event.target as Element;
  for (const [attribute, act] of Object.entries(CLICKS)) {
    const target = origin.closest<HTMLElement>(`[${attribute}]`);
    if (target) act(target);
  }
  for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.lc-menu[open]")) {
    if (!menu.contains(origin)) menu.open = false;
  }
}

function onEscape(event: KeyboardEvent): void {
  if (event.key !== "Escape") return;
  const menu = document.querySelector<HTMLDetailsElement>("details.lc-menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary")?.focus();
}

function watchDrops(): void {
  document.addEventListener("change", (event) => {
    const input = event.target as HTMLInputElement;
    const name = input.closest("[data-drop]")?.querySelector("[data-drop-name]");
    if (name) name.textContent = [...(input.files ?? [])].map((file) => file.name).join(", ");
  });
  for (const kind of ["dragover", "dragleave", "drop"] as const) {
    document.addEventListener(kind, (event) => {
      const drop = (event.target as Element).closest?.("[data-drop]");
      if (!drop) return;
      event.preventDefault();
      drop.classList.toggle("is-over", kind === "dragover");
      const input = drop.querySelector<HTMLInputElement>("input[type=file]");
      if (kind !== "drop" || !input || !event.dataTransfer) return;
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
}

export function start(): void {
  document.addEventListener("click", onClick);
  document.addEventListener("keydown", onEscape);
  guardForms();
  watchDrops();
  document.querySelector<HTMLElement>("[data-focus]")?.focus();
}
