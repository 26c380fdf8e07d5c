/** What is drawn is read back by another's reader (zxing), at every size that the page draws. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";
import { qr, qrPath } from "../qr";

const wasm = fileURLToPath(new URL("../../../node_modules/zxing-wasm/dist/reader/zxing_reader.wasm", import.meta.url));
prepareZXingModule({ overrides: { wasmBinary: readFileSync(wasm).buffer as ArrayBuffer } });

const SCALE = 4;
const QUIET = 4;

function image(text: string): ImageData {
  const rows = qr(text);
  const size = (rows.length + 2 * QUIET) * SCALE;
  const data = new Uint8ClampedArray(size * size * 4).fill(255);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const dark = rows[Math.floor(y / SCALE) - QUIET]?.[Math.floor(x / SCALE) - QUIET] === true;
      if (dark) data.fill(0, (y * size + x) * 4, (y * size + x) * 4 + 3);
    }
  }
  return { data, width: size, height: size, colorSpace: "srgb" } as ImageData;
}

const alphanumeric = "LC1:6BF+70790T9WJWG.FKY*4GO0.O1CV2 E4%M";

test.each([1, 14, 20, 38, 61, 90, 154, 220, 330, 520, 900, 1700, 2600, 3391])("%i alphanumeric characters", async (length) => {
  const text = alphanumeric.repeat(100).slice(0, length);
  const [found] = await readBarcodes(image(text), { formats: ["QRCode"], tryHarder: true });
  expect(found?.text).toBe(text);
});

test.each(["Nguyễn Thị Hoa|1990-**-**|0||<2<<<", "https://lachan.example/q/ABCDEFGH", "đ".repeat(700)])("bytes: %s", async (text) => {
  const [found] = await readBarcodes(image(text), { formats: ["QRCode"], tryHarder: true });
  expect(found?.text).toBe(text);
});

test("refuses what no code can hold", () => {
  expect(() => qr("A".repeat(3392))).toThrow(RangeError);
});

test("the path covers each dark module once, inside the quiet zone", () => {
  const rows = qr("LC1:ABC");
  const { path, size } = qrPath("LC1:ABC");
  const drawn = [...path.matchAll(/h(\d+)v/g)].reduce((sum, match) => sum + Number(match[1]), 0);
  expect(drawn).toBe(rows.flat().filter(Boolean).length);
  expect(size).toBe(rows.length + 8);
});
