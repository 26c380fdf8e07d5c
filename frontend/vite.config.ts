import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { iconSprite } from "./vite/icons.ts";
import { publishing } from "./vite/publish.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const BUILT = here("node_modules/.built/pages");
const SERVED = here("../src/lachan/web/static/build");

/** An entry is named in a template by `{% vite "name" %}`. The service worker has a build of its own: vite.sw.config.ts. */
export default defineConfig({
  root: here("."),
  base: "/static/build/",
  publicDir: false,
  plugins: [iconSprite([here("../src/lachan"), here("src")]), publishing(BUILT, SERVED, true, ["sw.js"])],
  css: { preprocessorOptions: { scss: { quietDeps: true, silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"] } } },
  build: {
    outDir: BUILT,
    emptyOutDir: true,
    manifest: "manifest.json",
    target: ["chrome87", "firefox85", "safari14"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      checks: { eval: false, pluginTimings: false }, // htmx holds an eval that its allowEval:false never reaches
      input: {
        theme: here("src/theme/main.ts"),
        public: here("src/public/main.ts"),
        staff: here("src/staff/main.ts"),
        declare: here("src/declare/main.ts"),
        visit: here("src/visit/main.ts"),
        scanner: here("src/scanner/main.ts"),
        round: here("src/round/main.ts"),
        print: here("src/styles/print.scss"),
      },
      output: { entryFileNames: "[name]-[hash].js", chunkFileNames: "[name]-[hash].js", assetFileNames: "[name]-[hash][extname]" },
    },
  },
  // Classic workers: every browser has them. Named as the scanner's, so that the service worker keeps it with the rest.
  worker: { format: "iife", rolldownOptions: { output: { entryFileNames: "scanner-[name]-[hash].js", chunkFileNames: "scanner-[name]-[hash].js", assetFileNames: "[name]-[hash][extname]" } } },
  test: { environment: "node", include: ["src/**/*.test.ts", "vite/**/*.test.ts"] },
});
