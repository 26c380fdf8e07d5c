/** Whether the poster that led here is the province's: its signed code follows `#` in the address, where no server log sees it. */
import { fromBase64url } from "../kernel/codes/bytes";
import { publicKey } from "../kernel/codes/cose";
import { read } from "../kernel/codes/lc1";
import type { TrustList } from "../kernel/codes/trust";
import { InvalidInput } from "../kernel/errors";
import type { Bundle } from "./bundle";

export type Verdict = "none" | "good" | "old" | "forged";

const FRESH_S = 30 * 86_400;
const TOO_OLD = new Set(["code_expired", "code_not_yet_valid"]);

export async function check(bundle: Bundle, hash: string, nowMs = Date.now()): Promise<Verdict> {
  const text = decodeURIComponent(hash.replace(/^#/, ""));
  if (!text.startsWith("LC1:") || globalThis.crypto?.subtle === undefined) return "none";
  try {
    const now = Math.floor(nowMs / 1000);
    const { claims } = await read(text, await trustOf(bundle, now), now);
    return claims.kind === "venue" && claims.place === bundle.place?.id ? "good" : "forged";
  } catch (error) {
    if (error instanceof InvalidInput) return TOO_OLD.has(error.code) ? "old" : "forged";
    throw error;
  }
}

async function trustOf(bundle: Bundle, now: number): Promise<TrustList> {
  const entries = await Promise.all(
    bundle.issuers.map(async ({ key, notBefore, notAfter, revoked }) => {
      return { key: await publicKey(fromBase64url(key)), purposes: new Set(["venue"]), notBefore, notAfter, revoked };
    }),
  );
  return { entries, issued: now, expires: now + FRESH_S, revoked: new Set() };
}
