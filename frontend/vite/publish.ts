/**
 * Brings a build to where a running server reads it, so that the server never meets half a file or half a build: each file
 * appears by a rename, the manifest last; what the manifest named before stays until the next build, for pages that are open.
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

const MANIFEST = "manifest.json";

interface Chunk { file: string; css?: string[]; assets?: string[] }

/** Every file that the manifest of a folder names; none if there is no manifest that can be read. */
export function named(folder: string): Set<string> {
  const path = join(folder, MANIFEST);
  if (!existsSync(path)) return new Set();
  try {
    const chunks = Object.values(JSON.parse(readFileSync(path, "utf-8")) as Record<string, Chunk>);
    return new Set(chunks.flatMap((chunk) => [chunk.file, ...(chunk.css ?? []), ...(chunk.assets ?? [])]));
  } catch {
    return new Set();
  }
}

/** Copies the files of `from` into `to`; with `tidy`, takes away what neither this build nor the one before it has. */
export function publish(from: string, to: string, tidy: boolean, keep: readonly string[] = []): void {
  const before = named(to);
  const files = readdirSync(from).sort((one, other) => Number(one === MANIFEST) - Number(other === MANIFEST));
  mkdirSync(to, { recursive: true });
  for (const file of files) {
    const scratch = join(to, `.${file}.new`);
    copyFileSync(join(from, file), scratch);
    renameSync(scratch, join(to, file));
  }
  if (!tidy) return;
  const stays = new Set([...files, ...before, ...keep]);
  for (const file of readdirSync(to)) if (!stays.has(file)) rmSync(join(to, file), { recursive: true });
}

/** `publish` when everything is written; the last plugin. */
export function publishing(from: string, to: string, tidy: boolean, keep: readonly string[] = []): Plugin {
  return {
    name: "lachan-publish",
    apply: "build",
    writeBundle: { order: "post", sequential: true, handler: () => publish(from, to, tidy, keep) },
  };
}
