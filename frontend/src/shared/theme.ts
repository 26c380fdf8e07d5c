/** The button that changes between light and dark, and remembers it on this device. */
export function toggleTheme(root: HTMLElement = document.documentElement): void {
  const next = root.dataset.bsTheme === "dark" ? "light" : "dark";
  root.dataset.bsTheme = next;
  try {
    localStorage.setItem("lc-theme", next);
  } catch {
    // storage switched off: the choice lasts for this page
  }
}
