/** Before the first paint: marks that scripts run, and puts on the theme that this person chose or their device prefers. */
(() => {
  const root = document.documentElement;
  root.dataset.js = "";
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const chosen = (): string | null => {
    try {
      return localStorage.getItem("lc-theme");
    } catch {
      return null; // storage switched off
    }
  };
  const apply = () => {
    root.dataset.bsTheme = chosen() ?? (dark.matches ? "dark" : "light");
  };
  apply();
  dark.addEventListener?.("change", apply);
})();
