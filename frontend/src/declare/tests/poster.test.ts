/** A poster that the province didn't sign is refused, on the phone and without a network. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { base64url, concat, fromBase64url } from "../../kernel/codes/bytes";
import type { Bundle } from "../bundle";
import { check } from "../poster";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const own = `${root}.venv/bin/python`;
const python = process.env.LACHAN_PYTHON ?? (existsSync(own) ? own : "python3");
const vectors = JSON.parse(
  execFileSync(python, ["-m", "lachan.kernel.codes.vectors"], { env: { ...process.env, PYTHONPATH: `${root}src` }, maxBuffer: 2 ** 24 }).toString(),
) as { now: number; keys: Record<string, { x: string; y: string }>; cases: { name: string; text: string; expect: { claims?: { place: string } } }[] };

const venue = vectors.cases.find((one) => one.name === "good venue")!;
const raw = (name: string) => base64url(concat(fromBase64url(vectors.keys[name]!.x), fromBase64url(vectors.keys[name]!.y)));
const bundle = (key: string, place: string, notBefore = 0) =>
  ({ place: { id: place }, issuers: [{ key: raw(key), notBefore, notAfter: null, revoked: false }] }) as unknown as Bundle;
const place = venue.expect.claims!.place;
const now = vectors.now * 1000;
const hash = `#${encodeURIComponent(venue.text)}`;

test.each([
  ["the province's own", bundle("issuer", place), hash, "good"],
  ["signed by another", bundle("holder", place), hash, "forged"],
  ["of another place", bundle("issuer", "0190c000-0000-7000-8000-000000000001"), hash, "forged"],
  ["changed", bundle("issuer", place), `${hash.slice(0, -4)}0000`, "forged"],
  ["no code in the address", bundle("issuer", place), "", "none"],
  ["some other fragment", bundle("issuer", place), "#main", "none"],
])("%s", async (_name, carried, fragment, verdict) => expect(await check(carried, fragment, now)).toBe(verdict));

test("from before its day", async () => expect(await check(bundle("issuer", place), hash, now - 10 * 86_400_000)).toBe("old"));
