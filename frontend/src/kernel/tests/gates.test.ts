/** A gate decides, and writes and chains its log, as the Python kernel does: gates_vectors.py asks it, with the same inputs, at each run. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { Json } from "../certlogic";
import { hex, utf8 } from "../codes/bytes";
import { GUARDS, type GateReason, type GateRules, RANK, decideGate } from "../gates";
import { uuid7 } from "../ids";
import { parsePlate } from "../plates";
import { KINDS, readingOf } from "../reading";
import { DIRECTIONS, HOW, LIMITS, type Line, OUTCOMES, ROLES, START, bodyOf, step, toSign } from "../scanlog";

interface Said { result: string; reasons: string[] }
interface Vectors {
  rules: Record<string, GateRules>;
  gates: { rules: string; context: Record<string, Json>; said: Said }[];
  chains: { log: string; first: number; lines: string[]; head: string; signed: string }[];
  bodies: { line: Line; seq: number; body: string }[];
  words: Record<string, string[]>;
  limits: Json;
  readings: { text: string; kind: string; value: string }[];
  kinds: string[];
  plates: { text: string; plate: string | null }[];
}

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const own = `${root}.venv/bin/python`;
const python = process.env.LACHAN_PYTHON ?? (existsSync(own) ? own : "python3");

function kernel(input: string, ...asked: string[]): unknown {
  const printed = execFileSync(python, [`${root}frontend/src/kernel/tests/gates_vectors.py`, ...asked], {
    input, maxBuffer: 2 ** 26, env: { ...process.env, PYTHONPATH: `${root}src` },
  }); // prettier-ignore
  return JSON.parse(printed.toString("utf-8"));
}

const vectors = kernel("") as Vectors;
const someRules = Object.values(vectors.rules)[0] as GateRules;

describe("the gate's decision", () => {
  test("is that of the kernel for every case", () => {
    expect(vectors.gates.length).toBeGreaterThan(1000);
    for (const { rules, context, said } of vectors.gates) {
      const decision = decideGate(vectors.rules[rules] as GateRules, context);
      expect({ rules, context, result: decision.result, reasons: decision.reasons.map((reason) => reason.id) }).toEqual({ rules, context, ...said });
    }
  });

  test("has the kernel's guards and results", () => {
    expect([...GUARDS]).toEqual(vectors.words.guards);
    expect(Object.keys(RANK)).toEqual(vectors.words.results);
  });

  test.each(GUARDS)("%s never passes, not by rules without guards, nor by guards that let pass", (guard) => {
    const lax: GateReason = { ...someRules.fallback, result: "pass" };
    const lucky = { ...someRules, rules: [{ ...lax, when: true }], broken: lax, fallback: lax };
    for (const guards of [{}, { [guard]: lax }, undefined as unknown as Record<string, GateReason>]) {
      expect(decideGate({ ...lucky, guards }, { [guard]: true }).result).toBe("hold");
    }
    expect(decideGate(lucky, {}).result).toBe("pass");
  });

  test("a rule that can't be run holds, whatever is wrong with it", () => {
    let deep: Json = true;
    for (let i = 0; i < 50_000; i++) deep = { "!": [deep] };
    for (const when of [deep, { nothing: [] }, { var: 7 }, null] as Json[]) {
      const rules = { ...someRules, rules: [{ ...someRules.fallback, result: "pass" as const, when }] };
      expect(decideGate(rules, {}).result).toBe("hold");
    }
  });
});

describe("the log's chain", () => {
  test.each(vectors.chains)("of $lines.length lines has the kernel's head and signature base", async ({ log, first, lines, head, signed }) => {
    let after = START;
    for (const line of lines) after = await step(after, utf8(line));
    expect(hex(after)).toBe(head);
    expect(hex(toSign(log, first, START, after))).toBe(signed);
  });
});

const HOSTILE = ["", "\0", "a\nb", "\ud800", "\udc00x", "x".repeat(10_000), "ễ".repeat(10_000), "😀".repeat(10_000), "\u202eabc", "\u2028", "\uffff", '"\\', " ", "\u00a0"];
const NUMBERS = [NaN, Infinity, -Infinity, -1, 0, 0.5, 36.66, 30, 45, 45.04, 1e308, 2 ** 53, 10_001];

function hostile(): Line[] {
  const base = (vectors.bodies[0] as Vectors["bodies"][number]).line;
  const lines: Record<string, unknown>[] = [];
  const add = (more: Record<string, unknown>): void => void lines.push({ ...base, id: uuid7(1), ...more });
  for (const text of HOSTILE) {
    for (const key of ["rules", "to", "plate", "why", "app", "bundle", "serial", "declaration", "group", "shift", "dir", "how", "result", "outcome", "role"]) add({ [key]: text });
    const said = (fields: object): object => Object.fromEntries(Object.keys(fields).map((key) => [key, text]));
    add({ person: { ...said(LIMITS.person), soul: text }, paper: said(LIMITS.paper), vpass: said(LIMITS.vpass), dest: Array(50).fill(text) });
    add({ over: { result: text, reason: text }, reasons: Array(50).fill(text) });
    const every = Object.fromEntries(Object.keys(LIMITS.texts).map((key) => [key, text]));
    add({ ...every, person: said(LIMITS.person), paper: said(LIMITS.paper), vpass: said(LIMITS.vpass), dest: Array(50).fill(text), over: { result: "pass", reason: text }, reasons: Array(50).fill("r".repeat(40)) });
  }
  for (const number of NUMBERS) for (const how of ["count", "pass"]) add({ how, temp: number, up: number, n: number });
  for (const at of ["", "x", "1950-01-01T00:00:00Z", "2011-07-22T08:00:00.000Z", "+012021-07-22T08:00:00.000Z"]) add({ at });
  add({ person: { name: null, birth: 7, sex: {}, phone: [] } });
  return lines as unknown as Line[];
}

describe("a line", () => {
  test("is written byte for byte as the kernel writes it", () => {
    for (const { line, seq, body } of vectors.bodies) expect(bodyOf(line, seq)).toBe(body);
  });

  test("has the kernel's words and limits", () => {
    const { how, outcomes, directions, roles } = vectors.words;
    expect([[...HOW], [...OUTCOMES], [...DIRECTIONS], [...ROLES]]).toEqual([how, outcomes, directions, roles]);
    expect(JSON.parse(JSON.stringify(LIMITS))).toEqual(vectors.limits);
  });

  test("can always be read by the province, whatever was typed, measured or scanned", () => {
    const bodies = hostile().map((line, index) => bodyOf(line, index + 1));
    expect(bodies.length).toBeGreaterThan(200);
    const refused = kernel(JSON.stringify(bodies), "parse") as string[];
    expect(refused.map((why, index) => [why, why && bodies[index]]).filter(([why]) => why)).toEqual([]);
  });

  test("that is clean is left as it is, and cleaned again is the same", () => {
    for (const line of hostile()) {
      const body = bodyOf(line, 7);
      expect(bodyOf(JSON.parse(body) as Line, 7)).toBe(body);
    }
  });
});

describe("a scanned or typed text", () => {
  test("is of the kind, and has the value, that the kernel says", () => {
    expect(vectors.readings.length).toBeGreaterThan(8000);
    expect([...KINDS]).toEqual(vectors.kinds);
    expect(new Set(vectors.readings.map(({ kind }) => kind))).toEqual(new Set(KINDS));
    for (const said of vectors.readings) expect({ text: said.text, ...readingOf(said.text) }).toEqual(said);
  });
});

describe("a number plate", () => {
  test("is kept, or refused, as the kernel does it", () => {
    for (const { text, plate } of vectors.plates) {
      let found: string | null;
      try {
        found = parsePlate(text);
      } catch {
        found = null;
      }
      expect({ text, plate: found }).toEqual({ text, plate });
    }
  });
});
