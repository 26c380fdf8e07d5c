/** HC1 certificates and entry rules are judged here as in Python: lachan.kernel.tests.hc1_vectors makes them at each run. */

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

import { fromBase45, toBase45 } from "../codes/bytes";
import { hc1Trust, nameOf, peekHc1, readHc1 } from "../codes/hc1";
import { inflate } from "../codes/zlib";
import { type EntryRules, checkEntry, entryRulesAt } from "../entry";
import { InvalidInput } from "../errors";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const own = `${root}.venv/bin/python`;
const python = process.env.LACHAN_PYTHON ?? (existsSync(own) ? own : "python3");
const printed = execFileSync(python, ["-m", "lachan.kernel.tests.hc1_vectors"], {
  maxBuffer: 2 ** 26,
  env: { ...process.env, PYTHONPATH: `${root}src` },
});
const vectors: any = JSON.parse(printed.toString("utf-8"));
const trust = await hc1Trust(vectors.trust);

async function outcome(text: string, now: number): Promise<unknown> {
  try {
    const found = await readHc1(text, trust, now);
    return { ok: true, ...found, dcc: JSON.parse(JSON.stringify(found.dcc)), name: nameOf(found) };
  } catch (error) {
    if (error instanceof InvalidInput) return { ok: false, error: error.code };
    throw error;
  }
}

test("every certificate is read or refused alike", async () => {
  expect(vectors.cases.length).toBeGreaterThan(1000);
  for (const { name, text, now, expect: expected } of vectors.cases) {
    expect({ case: name, ...((await outcome(text, now)) as object) }).toEqual({ case: name, ...expected });
  }
});

test("every certificate is let in or not for the same reasons", () => {
  for (const { text, now, ok, reasons } of vectors.entries) {
    const rules = entryRulesAt(vectors.rules, now) as EntryRules;
    const entry = checkEntry(rules, peekHc1(text), now);
    expect({ text, now, ok: entry.ok, reasons: entry.reasons.map((reason) => reason.id) }).toEqual({ text, now, ok, reasons });
  }
});

test("rules that speak of nothing, or can't judge, let nobody in", () => {
  const { text, now } = vectors.entries[0];
  const rules: EntryRules = vectors.rules[0];
  const odd = { ...(rules.rules[0] as EntryRules["rules"][number]), when: { ">": [{ var: "payload.v.0.mp" }, 3] } };
  for (const broken of [{ ...rules, rules: [] }, { ...rules, rules: [odd] }]) {
    expect(checkEntry(broken, peekHc1(text), now)).toEqual({ ok: false, reasons: [rules.broken] });
  }
  expect(entryRulesAt(vectors.rules, Date.UTC(2021, 11, 1) / 1000)).toBeUndefined();
});

test("a changed letter is refused, or says the same", async () => {
  const { text, now, expect: expected } = vectors.cases[0];
  const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
  for (let at = 4; at < text.length; at += 3) {
    const letter = letters[(letters.indexOf(text[at]) + 7) % 45];
    const found: any = await outcome(text.slice(0, at) + letter + text.slice(at + 1), now);
    if (found.ok) expect(found).toEqual(expected);
  }
});

test("a key that can't be taken is left out", async () => {
  const [key] = vectors.trust;
  expect((await hc1Trust([{ ...key, spki: "AAAA" }, { ...key, alg: "HS256" }])).size).toBe(0);
});

test("inflating keeps its measure", () => {
  const packed = fromBase45(vectors.cases[0].text.slice(4));
  const found = inflate(packed, 65536);
  expect(inflate(packed, found.length)).toEqual(found);
  expect(() => inflate(packed, found.length - 1)).toThrow();
  expect(fromBase45(toBase45(packed))).toEqual(packed);
});
