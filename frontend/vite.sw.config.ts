/**
 * The service worker: one classic script, un-hashed, `static/build/sw.js`, served as /sw.js. Runs after the main build.
 * `__BUILD__` (string) changes whenever any built file does; `__PRECACHE__` (string[]) holds the address of every built file.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const BUILD = here("../src/lachan/web/static/build");

interface Chunk { file: string; css?: string[]; assets?: string[] }

function builtFiles(): string[] {
  const path = `${BUILD}/manifest.json`;
  if (!existsSync(path)) throw new Error("Build the pages first: npm run build");
  const chunks = Object.values(JSON.parse(readFileSync(path, "utf-8")) as Record<string, Chunk>);
  const names = chunks.flatMap((chunk) => [chunk.file, ...(chunk.css ?? []), ...(chunk.assets ?? [])]);
  return [...new Set(names)].sort().map((name) => `/static/build/${name}`);
}

const precache = builtFiles();

export default defineConfig({
  root: here("."),
  publicDir: false,
  define: {
    __PRECACHE__: JSON.stringify(precache),
    __BUILD__: JSON.stringify(createHash("sha256").update(precache.join("\n")).digest("hex").slice(0, 12)),
  },
  build: {
    outDir: BUILD,
    emptyOutDir: false,
    target: ["chrome87", "firefox85", "safari14"],
    rolldownOptions: {
      input: here("src/sw/sw.ts"),
      output: { format: "iife", entryFileNames: "sw.js" },
    },
  },
});
