/** What a first visit costs, compressed; fails when a budget is passed: `npm run build && npm run budget`. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const BUILD = fileURLToPath(new URL("../../src/lachan/web/static/build/", import.meta.url));
const manifest = JSON.parse(readFileSync(`${BUILD}manifest.json`, "utf-8"));

const packed = (name) => (name.endsWith(".woff2") ? readFileSync(BUILD + name).length : gzipSync(readFileSync(BUILD + name)).length);
const entry = (name) => Object.values(manifest).find((chunk) => chunk.isEntry && chunk.name === name);

/** Every file that an entry loads at once: itself, its static imports, their style sheets and the fonts of those. */
function files(chunk, found = new Set()) {
  found.add(chunk.file);
  for (const name of [...(chunk.css ?? []), ...(chunk.assets ?? []).filter((asset) => asset.endsWith(".woff2"))]) found.add(name);
  for (const key of chunk.imports ?? []) files(manifest[key], found);
  return found;
}

function weigh(names, kind = () => true) {
  const all = new Set(names.flatMap((name) => [...files(entry(name))]));
  all.add(manifest["icons.svg"].file);
  return [...all].filter(kind).reduce((sum, name) => sum + packed(name), 0);
}

const css = (name) => name.endsWith(".css");
const budgets = [
  ["public style sheets", weigh(["theme", "public"], css), 25],
  ["staff style sheets", weigh(["theme", "staff"], css), 90],
  ["first public page (without its HTML)", weigh(["theme", "public"]), 110],
  ["first declaration page (without its HTML)", weigh(["theme", "public", "declare"]), 140],
  ["first page of a round (without its HTML)", weigh(["theme", "round"]), 120],
  ["first check-in page (without its HTML)", weigh(["theme", "public", "visit"]), 120],
];

for (const [what, bytes, most] of budgets) {
  const over = bytes > most * 1024;
  console.log(`${over ? "OVER  " : "within"} ${String((bytes / 1024).toFixed(1)).padStart(6)} KB of ${most} KB  ${what}`);
  if (over) process.exitCode = 1;
}
