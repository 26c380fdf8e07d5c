/** The scanner decides and chains as the Python kernel does: vectors.py asks it, with the same inputs, at each run. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { hex, utf8 } from "../../kernel/codes/bytes";
import type { Json } from "../../kernel/certlogic";
import { START, batchToSign, step } from "../engine/chain";
import { type GateRules, decideGate } from "../engine/rules";

interface Said { result: string; reasons: string[] }
interface Vectors {
  rules: Record<string, GateRules>;
  gates: { rules: string; context: Record<string, Json>; said: Said }[];
  chains: { log: string; first: number; lines: string[]; head: string; signed: string }[];
}

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const own = `${root}.venv/bin/python`;
const python = process.env.LACHAN_PYTHON ?? (existsSync(own) ? own : "python3");
const printed = execFileSync(python, [`${root}frontend/src/scanner/tests/vectors.py`], {
  maxBuffer: 2 ** 26,
  env: { ...process.env, PYTHONPATH: `${root}src` },
});
const vectors = JSON.parse(printed.toString("utf-8")) as Vectors;

describe("the gate's decision", () => {
  test("is that of the kernel for every case", () => {
    expect(vectors.gates.length).toBeGreaterThan(1000);
    for (const { rules, context, said } of vectors.gates) {
      const decision = decideGate(vectors.rules[rules] as GateRules, context);
      expect({ rules, context, result: decision.result, reasons: decision.reasons.map((reason) => reason.id) }).toEqual({ rules, context, ...said });
    }
  });
});

describe("the log's chain", () => {
  test.each(vectors.chains)("of $lines.length lines has the kernel's head and signature base", async ({ log, first, lines, head, signed }) => {
    let after = START;
    for (const line of lines) after = await step(after, utf8(line));
    expect(hex(after)).toBe(head);
    expect(hex(batchToSign(log, first, START, after))).toBe(signed);
  });
});
