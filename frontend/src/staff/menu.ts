/** The wings on a phone. They open and close by :target without scripts; this adds Escape, focus, and no trace in the history. */
export function startMenu(page: Document = document): void {
  page.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>("[data-menu-open], [data-menu-close]");
    if (!link) return;
    event.preventDefault();
    go(link.hasAttribute("data-menu-open"));
  });
  page.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && location.hash === "#menu") go(false);
  });
}

function go(open: boolean): void {
  location.replace(open ? "#menu" : "#main");
  if (open) document.querySelector<HTMLElement>("#menu .lc-nav-link")?.focus();
  else document.querySelector<HTMLElement>("[data-menu-open]")?.focus();
}
