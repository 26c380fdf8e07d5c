import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** What `lachan bench verify` runs in the browser, built as the pages are: `vite build -c vite.bench.config.ts --outDir FOLDER`. */
export default defineConfig({
  root: here("."),
  publicDir: false,
  logLevel: "warn",
  build: {
    target: ["chrome87", "firefox85", "safari14"],
    modulePreload: { polyfill: false },
    rolldownOptions: { input: here("src/bench/verify.ts"), output: { entryFileNames: "verify.js" } },
  },
});
