/** Measured by `lachan bench verify`: what a checkpoint does with the text of a personal pass once the camera has read it. */

import { concat, fromBase64url } from "../kernel/codes/bytes";
import { publicKey } from "../kernel/codes/cose";
import { read } from "../kernel/codes/lc1";
import { readTrust } from "../kernel/codes/trust";

interface Given {
  readonly anchor: { readonly x: string; readonly y: string };
  readonly trust: string;
  /** Seconds. */
  readonly now: number;
  readonly warm: readonly string[];
  readonly passes: readonly string[];
}

/** Milliseconds of each pass's verification, each pass being of another phone. Throws when one is refused. */
async function measure(given: Given): Promise<number[]> {
  const anchor = await publicKey(concat(fromBase64url(given.anchor.x), fromBase64url(given.anchor.y)));
  const trust = await readTrust(given.trust, [anchor], given.now);
  for (const text of given.warm) await read(text, trust, given.now);
  const taken: number[] = [];
  for (const text of given.passes) {
    const begun = performance.now();
    const found = await read(text, trust, given.now);
    taken.push(performance.now() - begun);
    if (found.status !== "valid" || found.presentedAt === null) throw new Error(found.status);
  }
  return taken;
}

Object.assign(globalThis, { measure });
