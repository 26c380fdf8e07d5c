/** Paper can't be opened: what is folded on the page is printed too, and folded again after. */
export function printWhole(view: Pick<Window, "addEventListener" | "document"> = window): void {
  let opened: HTMLDetailsElement[] = [];
  view.addEventListener("beforeprint", () => {
    opened = [...view.document.querySelectorAll<HTMLDetailsElement>("main details.lc-fold:not([open])")];
    for (const one of opened) one.open = true;
  });
  view.addEventListener("afterprint", () => {
    for (const one of opened) one.open = false;
    opened = [];
  });
}
