/** Text is readable on its ground in both themes: WCAG 2.2 AA, 4.5:1 (3:1 for the edge of a control). */
import { fileURLToPath } from "node:url";
import { compile } from "sass";
import { expect, test } from "vitest";

const css = compile(fileURLToPath(new URL("./_variables.scss", import.meta.url))).css;

function variables(selector: RegExp): Record<string, string> {
  const block = css.match(selector)?.[1] ?? "";
  return Object.fromEntries([...block.matchAll(/--(lc-[a-z-]+): (#[0-9a-f]{3,6})/g)].map((match) => [match[1], match[2]]));
}

const light = variables(/\[data-bs-theme=light\] \{([^}]*)\}/);
const dark = variables(/\[data-bs-theme=dark\] \{([^}]*)\}/);

function luminance(colour: string): number {
  const full = colour.length === 4 ? colour.replace(/[0-9a-f]/g, "$&$&") : colour;
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(full.slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

const TEXT: [string, string][] = [
  ["text", "ground"], ["text", "surface"], ["text", "sunken"], ["muted", "ground"], ["muted", "surface"], ["muted", "sunken"],
  ["brand", "surface"], ["brand", "ground"], ["brand", "brand-soft"], ["brand-strong", "brand-soft"], ["brand-on", "brand"], ["brand-on", "brand-strong"],
  ["green-on", "green"], ["attention-on", "attention"], ["stop-on", "stop"],
  ["green-text", "green-soft"], ["attention-text", "attention-soft"], ["stop-text", "stop-soft"], ["stop-text", "surface"],
];

for (const [name, theme] of [["light", light], ["dark", dark]] as const) {
  test.each(TEXT)(`${name}: %s on %s`, (text, ground) => {
    expect(contrast(theme[`lc-${text}`]!, theme[`lc-${ground}`]!)).toBeGreaterThanOrEqual(4.5);
  });
  test.each([["edge", "surface"], ["ring", "surface"], ["ring", "ground"]])(`${name}: %s shows against %s`, (line, ground) => {
    expect(contrast(theme[`lc-${line}`]!, theme[`lc-${ground}`]!)).toBeGreaterThanOrEqual(3);
  });
}
