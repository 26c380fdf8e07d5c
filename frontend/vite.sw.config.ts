/**
 * The service worker: one classic script, un-hashed, `static/build/sw.js`, served as /sw.js. Runs after the main build.
 * `__BUILD__` (string) changes whenever any built file does; `__PRECACHE__` (string[]) holds the address of every built file.
 */
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { named, publishing } from "./vite/publish.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const BUILT = here("node_modules/.built/sw");
const SERVED = here("../src/lachan/web/static/build");

function builtFiles(): string[] {
  const names = named(SERVED);
  if (!names.size) throw new Error("Build the pages first: npm run build");
  return [...names].sort().map((name) => `/static/build/${name}`);
}

const precache = builtFiles();

export default defineConfig({
  root: here("."),
  publicDir: false,
  plugins: [publishing(BUILT, SERVED, false)],
  define: {
    __PRECACHE__: JSON.stringify(precache),
    __BUILD__: JSON.stringify(createHash("sha256").update(precache.join("\n")).digest("hex").slice(0, 12)),
  },
  build: {
    outDir: BUILT,
    emptyOutDir: true,
    target: ["chrome87", "firefox85", "safari14"],
    rolldownOptions: {
      input: here("src/sw/sw.ts"),
      output: { format: "iife", entryFileNames: "sw.js" },
    },
  },
});
