/** Draws the PNG icons from the mark: `npm run brand`. The results are committed, so a build doesn't need it. */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Resvg } from "@resvg/resvg-js";

const out = (name) => fileURLToPath(new URL(`../../src/lachan/base/static/base/${name}`, import.meta.url));
const mark = readFileSync(out("favicon.svg"), "utf-8").replace(/^[\s\S]*?<svg[^>]*>|<\/svg>\s*$/g, "");

/** The mark on its ground; `scale` leaves room for the round or square mask that a phone cuts. */
function tile(scale, radius) {
  const shift = 24 - 24 * scale;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48"><rect width="48" height="48" rx="${radius}" fill="#0b454b"/><g transform="translate(${shift} ${shift}) scale(${scale})">${mark}</g></svg>`;
}

function draw(name, size, scale, radius) {
  writeFileSync(out(name), new Resvg(tile(scale, radius), { fitTo: { mode: "width", value: size } }).render().asPng());
}

draw("icon-192.png", 192, 0.74, 10);
draw("icon-512.png", 512, 0.74, 10);
draw("icon-maskable-512.png", 512, 0.6, 0);
draw("apple-touch-icon.png", 180, 0.7, 0);
