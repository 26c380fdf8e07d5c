/** The TypeScript kernel answers what the Python kernel answers: vectors.py asks it, with the same inputs, at each run. */

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

import { type Json, evaluate, toJson } from "../certlogic";
import { fromBase45, fromHex, hex, toBase45, Malformed, fromBase64url, concat } from "../codes/bytes";
import type { Claims } from "../codes/claims";
import { type PublicKey, kidOf, publicKey } from "../codes/cose";
import { present, read } from "../codes/lc1";
import { readTrust } from "../codes/trust";
import { isoOf, parseDate } from "../dates";
import { derived } from "../decisions";
import { InvalidInput } from "../errors";
import { parseCccd, parseInsuranceNumber, parsePassport, readAny, sniff, writeNationalQr } from "../identifiers";
import { parsePhone } from "../phones";
import { type Answers, type Form, enabled, readForm, validate } from "../questionnaire";
import { cleanLine, cleanName, fold } from "../text";

interface Outcome { value?: Json; error?: string }
interface Case { in: string; out: Outcome }

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const own = `${root}.venv/bin/python`;
const python = process.env.LACHAN_PYTHON ?? (existsSync(own) ? own : "python3");
const printed = execFileSync(python, [`${root}frontend/src/kernel/tests/vectors.py`], {
  maxBuffer: 2 ** 26,
  env: { ...process.env, PYTHONPATH: `${root}src` },
});
const vectors: any = JSON.parse(printed.toString("utf-8"));

function outcome(attempt: () => unknown): Outcome {
  try {
    return { value: attempt() as Json };
  } catch (error) {
    if (error instanceof InvalidInput) return { error: error.code };
    throw error;
  }
}

const readers: [string, (text: string) => unknown][] = [
  ["fold", fold],
  ["names", (text) => cleanName(text)],
  ["lines", (text) => cleanLine(text, 40)],
  ["dates", (text) => isoOf(parseDate(text))],
  ["phones", parsePhone],
  ["cccd", (text) => parseCccd(text).number],
  ["insurance", parseInsuranceNumber],
  ["passports", parsePassport],
  ["sniff", sniff],
  ["scans", readAny],
];

describe.each(readers)("%s", (name, reader) => {
  test.each(vectors[name] as Case[])("$in", ({ in: input, out }) => {
    expect(outcome(() => reader(input))).toEqual(out);
  });
});

test("the national personal QR is written alike", () => {
  const qr = {
    number: "056190001234", name: "Nguyễn Thị Hoa", birth: parseDate("17/05/1990"), proxy: false, sex: "female", insurance: "", phone: "+84905123456",
  } as const; // prettier-ignore
  expect([writeNationalQr(qr), writeNationalQr(qr, false)]).toEqual(vectors.national_qr);
});

test("CertLogic gives the same values and refusals", () => {
  for (const { rule, data, out } of vectors.certlogic as { rule: Json; data: Json; out: Outcome }[]) {
    const found = outcome(() => toJson(evaluate(rule, data)));
    expect({ rule, data, out: found }).toEqual({ rule, data, out });
  }
});

test("what a decision derives from dates", () => {
  for (const { in: answers, out } of vectors.derived) expect(derived(answers, vectors.today)).toEqual(out);
});

describe("forms", () => {
  const forms = new Map<string, Form>(
    Object.entries(vectors.questionnaires).map(([id, raw]) => [id, readForm(raw as Record<string, unknown>)]),
  );

  test("show, clean and refuse the same", () => {
    expect(vectors.forms.length).toBeGreaterThan(100);
    for (const vector of vectors.forms) {
      const form = forms.get(vector.form) as Form;
      const answers = vector.answers as Answers;
      const clean = validate(form, answers, vectors.today);
      expect([...enabled(form, answers)].sort()).toEqual(vector.enabled);
      expect({ answers, errors: clean.errors.map((error) => [error.field, error.code]) }).toEqual({ answers, errors: vector.errors });
      expect(clean.answers).toEqual(vector.clean);
      expect(clean.record).toEqual(vector.record);
    }
  });
});

// Signed codes

async function jwk(key: { x: string; y: string }): Promise<PublicKey> {
  return publicKey(concat(fromBase64url(key.x), fromBase64url(key.y)));
}

async function refused(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt;
    return "accepted";
  } catch (error) {
    if (error instanceof InvalidInput) return error.code;
    throw error;
  }
}

/** Claims as vectors.py describes them. */
function described(claims: Claims): Record<string, unknown> {
  const serial = claims.serials[0] && hex(claims.serials[0]);
  const times = { issued_at: claims.begins, expires_at: claims.expires };
  switch (claims.kind) {
    case "venue":
      return {
        place: claims.place, name: claims.name, unit: claims.unit, seed: hex(claims.seed), expires_at: claims.expires,
        issued_on: new Date(claims.day * 86_400_000).toISOString().slice(0, 10),
      }; // prettier-ignore
    case "person":
      return { serial, ...times, decision: claims.decision, holder: claims.holder && hex(claims.holder.raw) };
    case "card":
      return { serial, ...times };
    case "form":
      return { serial, ...times, form: claims.form };
    case "appointment":
      return {
        serial, pseudonym: hex(claims.pseudonym), place: claims.place, name: claims.name, unit: claims.unit, starts_at: claims.starts,
        ends_at: claims.ends, valid_from: claims.begins, expires_at: claims.expires,
      }; // prettier-ignore
    default:
      return {
        serial, ...times, holder: hex(claims.holder.raw), place: claims.place,
        digest: claims.digest && hex(claims.digest), body: claims.body && hex(claims.body),
      }; // prettier-ignore
  }
}

describe("signed codes", async () => {
  const codes = vectors.codes;
  const anchors = await Promise.all(codes.anchors.map(jwk)) as PublicKey[];
  const trust = await readTrust(codes.trust_list, anchors, codes.now);

  test.each(codes.base45 as { text: string; hex: string | null }[])("base45 $text", ({ text, hex: expected }) => {
    if (expected === null) expect(() => fromBase45(text)).toThrow(Malformed);
    else {
      expect(hex(fromBase45(text))).toBe(expected);
      expect(toBase45(fromHex(expected))).toBe(text);
    }
  });

  test.each(codes.trust_cases as any[])("trust list: $name", async ({ text, now, expect: wanted }) => {
    if (!wanted.ok) expect(await refused(readTrust(text, anchors, now))).toBe(wanted.error);
    else {
      const list = await readTrust(text, anchors, now);
      expect([...list.revoked].sort()).toEqual(wanted.revoked_serials);
      expect(list.entries.map((entry) => hex(entry.key.kid))).toEqual(wanted.kids);
    }
  });

  test.each(codes.cases as any[])("$name", async ({ text, now, expect: wanted }) => {
    if (!wanted.ok) {
      // A trust list that is too old is found after the code was parsed, as in Python.
      const attempt = refused(read(text, trust, now));
      expect(await attempt).toBe(wanted.error);
      return;
    }
    const found = await read(text, trust, now);
    expect({ kind: found.claims.kind, status: found.status, kid: hex(found.kid), presented_at: found.presentedAt }).toEqual({
      kind: wanted.kind, status: wanted.status, kid: wanted.kid, presented_at: wanted.presented_at,
    }); // prettier-ignore
    expect(described(found.claims)).toEqual(wanted.claims);
  });

  test("a pass presented here is read here, and goes stale", async () => {
    const secret = codes.keys.holder;
    const curve = { name: "ECDSA", namedCurve: "P-256" };
    const key = await crypto.subtle.importKey("jwk", { ...secret, key_ops: ["sign"] }, curve, false, ["sign"]);
    const shown = codes.cases.find((vector: { name: string }) => vector.name === "stale holder: not presented");
    const text = await present(shown.text, key, codes.now);
    expect((await read(text, trust, codes.now + 60)).presentedAt).toBe(codes.now);
    expect(await refused(read(text, trust, codes.now + 61))).toBe("code_holder_stale");
    expect(hex(await kidOf((await jwk(secret)).raw))).toBe(secret.kid);
  });
});
