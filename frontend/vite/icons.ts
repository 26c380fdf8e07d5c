/** Builds one SVG sprite of the Tabler icons that templates, Python and TypeScript name; a name that Tabler lacks fails the build. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

const OUTLINE = fileURLToPath(new URL("../node_modules/@tabler/icons/icons/outline", import.meta.url));
const SOURCES = new Set([".html", ".py", ".ts"]);
const SKIPPED = new Set(["node_modules", "__pycache__", "build", "tests", "dist"]);

/** `{% icon "phone" %}`, `icon="phone"` in a component's arguments or in Python, `icon: "phone"` in TypeScript. */
const NAMED = /\bicon(?:\s*[=:]\s*|\s+|\(\s*)["']([a-z0-9]+(?:-[a-z0-9]+)*)["']/g;

/** `NavItem("gate", _("Tờ khai"), "declarations:list", "declarations.view", "clipboard-list")`: the icon given by its position. */
const IN_MENU = /\bNavItem\(\s*"[^"]*",\s*_\("[^"]*"\),\s*"[^"]*",\s*"[^"]*",\s*"([a-z0-9-]+)"/g;

export function namesIn(text: string): string[] {
  return [NAMED, IN_MENU].flatMap((pattern) => [...text.matchAll(pattern)]).map((match) => match[1] as string);
}

function* files(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (SKIPPED.has(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else if (SOURCES.has(extname(entry.name))) yield path;
  }
}

function symbol(name: string): string {
  const path = join(OUTLINE, `${name}.svg`);
  if (!existsSync(path)) throw new Error(`There is no Tabler icon named "${name}" (see tabler.io/icons)`);
  const inner = readFileSync(path, "utf-8").replace(/<!--[\s\S]*?-->/g, "").replace(/^[\s\S]*?<svg[^>]*>|<\/svg>\s*$/g, "");
  return `<symbol id="${name}" viewBox="0 0 24 24">${inner.replace(/\s*\n\s*/g, "")}</symbol>`;
}

export function sprite(names: Iterable<string>): string {
  const symbols = [...new Set(names)].sort().map(symbol).join("");
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols}</svg>`;
}

/** Emits the sprite as `icons-<hash>.svg`, listed in the manifest under "icons.svg". */
export function iconSprite(folders: string[], always: string[] = []): Plugin {
  return {
    name: "lachan-icons",
    apply: "build",
    buildStart() {
      const used = folders.flatMap((folder) => [...files(folder)]).flatMap((path) => namesIn(readFileSync(path, "utf-8")));
      this.emitFile({ type: "asset", name: "icons.svg", originalFileName: "icons.svg", source: sprite([...always, ...used]) });
    },
  };
}
