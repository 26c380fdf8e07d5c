/** The codes that this phone shows, drawn here and refreshed while they are looked at. */
import { peek, present, signClaim } from "../kernel/codes/lc1";
import { MOST_BODY } from "../kernel/codes/claims";
import { equal, sha256, utf8 } from "../kernel/codes/bytes";
import { parseDate } from "../kernel/dates";
import { uuidBytes } from "../kernel/ids";
import { type Sex, writeNationalQr } from "../kernel/identifiers";
import { drawing } from "../shared/drawing";
import { holder } from "../shared/db";
import { h } from "../shared/dom";
import type { Identity, Submission } from "./wire";

export const REFRESH_MS = 20_000;
const CLAIM_LIFE = 24 * 3600;
/** Beyond this the code is too fine for a cheap phone's screen: then only the declaration's digest is in it. */
const MOST_SHOWN = Math.min(900, MOST_BODY);

/** A code that changes every 20 seconds while it is on the page. `text` gives what it says now. */
export function living(text: (now: number) => Promise<string>, label: string): HTMLElement {
  const bar = h("div", { class: "lc-qr-bar", "aria-hidden": "true" }, h("span", {}));
  const ground = h("div", { class: "lc-qr-ground" });
  const frame = h("div", { class: "lc-qr-box", "data-testid": "qr" }, ground, bar);
  let shown = false;
  let timer = 0;
  const turn = async (): Promise<void> => {
    if (shown && !frame.isConnected) return;
    if (!document.hidden) {
      const now = Date.now();
      const said = await text(now);
      ground.replaceChildren(drawing(said, label));
      frame.dataset.qr = said;
      frame.dataset.at = String(now);
      bar.replaceChildren(h("span", {})); // starts the bar again
    }
    shown ||= frame.isConnected;
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void turn(), REFRESH_MS);
  };
  void turn();
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && frame.isConnected && Date.now() - Number(frame.dataset.at ?? 0) > REFRESH_MS) void turn();
  });
  return frame;
}

/** The pass with this phone's fresh signature; as it is where the phone has no key, or another than the pass was given to. */
export async function shownPass(pass: string, now: number): Promise<string> {
  const own = await holder();
  return own && (await isOf(pass, own.raw)) ? present(pass, own.secret, Math.floor(now / 1000)) : pass;
}

/** Whether a pass was given to a key that this phone no longer has. */
export async function orphaned(pass: string): Promise<boolean> {
  const own = await holder();
  return own !== null && !(await isOf(pass, own.raw));
}

async function isOf(pass: string, raw: Uint8Array): Promise<boolean> {
  const claims = await peek(pass).catch(() => null);
  return claims !== null && "holder" in claims && claims.holder !== null && equal(claims.holder.raw, raw);
}

/** The declaration itself, signed by this phone: what is shown until the server has confirmed it. */
export async function claimOf(submission: Submission, placeId: string | null): Promise<string | null> {
  const own = await holder();
  if (own === null) return null;
  const issued = Math.floor(Date.parse(submission.occurred_at) / 1000);
  const body = utf8(JSON.stringify({ ...submission, holder: undefined }));
  const said = body.length <= MOST_SHOWN ? { body } : { digest: await sha256(body) };
  const claim = { serial: uuidBytes(submission.id), holder: own.raw, issued, expires: issued + CLAIM_LIFE, place: placeId, said };
  return signClaim(claim, own.secret);
}

/** The national personal QR (Decision 1405); null without an identity number. */
export function nationalQr(identity: Identity): string | null {
  if (identity.number === "") return null;
  const sex: Sex | null = identity.sex === "male" || identity.sex === "female" ? identity.sex : null;
  return writeNationalQr({ ...identity, sex, birth: parseDate(identity.birth) });
}
