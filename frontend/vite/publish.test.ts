import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as fs from "node:fs";
import { named, publish } from "./publish";

vi.mock("node:fs", async (original) => {
  const real = await original<typeof fs>();
  return { ...real, renameSync: vi.fn(real.renameSync) };
});

let from: string, to: string;
beforeEach(() => {
  [from, to] = [mkdtempSync(join(tmpdir(), "built-")), mkdtempSync(join(tmpdir(), "served-"))];
});
afterEach(() => {
  for (const folder of [from, to]) rmSync(folder, { recursive: true });
  vi.mocked(fs.renameSync).mockClear();
});

function build(name: string): void {
  rmSync(from, { recursive: true });
  fs.mkdirSync(from);
  writeFileSync(join(from, "manifest.json"), JSON.stringify({ "a.ts": { file: `a-${name}.js`, css: [`a-${name}.css`] } }));
  for (const kind of ["js", "css"]) writeFileSync(join(from, `a-${name}.${kind}`), `${name} `.repeat(1000));
}

test("files appear whole, by a rename, and the manifest when all that it names is there", () => {
  build("one");
  const seen: string[][] = [];
  vi.mocked(fs.renameSync).mockImplementation((scratch, path) => {
    seen.push([String(path).slice(to.length + 1), ...readdirSync(to).filter((file) => !file.startsWith("."))]);
    writeFileSync(path, readFileSync(scratch));
    rmSync(scratch);
  });
  publish(from, to, true);
  vi.mocked(fs.renameSync).mockReset();
  expect(seen.map(([file]) => file)).toEqual(["a-one.css", "a-one.js", "manifest.json"]);
  expect(seen[2]).toEqual(["manifest.json", "a-one.css", "a-one.js"]);
});

test("a file that is being read is replaced, not written over", async () => {
  const real = (await vi.importActual<typeof fs>("node:fs")).renameSync;
  vi.mocked(fs.renameSync).mockImplementation(real);
  writeFileSync(join(to, "sw.js"), "old ".repeat(100_000));
  const open = fs.openSync(join(to, "sw.js"), "r");
  const before = statSync(join(to, "sw.js")).ino;
  writeFileSync(join(from, "sw.js"), "new");
  publish(from, to, false);
  expect(fs.fstatSync(open).size).toBe(400_000);
  expect(statSync(join(to, "sw.js")).ino).not.toBe(before);
  expect(readFileSync(join(to, "sw.js"), "utf-8")).toBe("new");
  fs.closeSync(open);
});

test("the build before stays for pages that are open, the one before that goes", async () => {
  vi.mocked(fs.renameSync).mockImplementation((await vi.importActual<typeof fs>("node:fs")).renameSync);
  for (const file of ["sw.js", ".a-torn.js.new"]) writeFileSync(join(to, file), "");
  for (const name of ["one", "two", "three"]) {
    build(name);
    publish(from, to, true, ["sw.js"]);
  }
  expect(readdirSync(to).sort()).toEqual(["a-three.css", "a-three.js", "a-two.css", "a-two.js", "manifest.json", "sw.js"]);
  expect([...named(to)]).toEqual(["a-three.js", "a-three.css"]);
});

test("a manifest that can't be read names nothing", () => {
  expect(named(to).size).toBe(0);
  writeFileSync(join(to, "manifest.json"), "{torn");
  expect(named(to).size).toBe(0);
});
