/** Scanning a poster from the page where one chooses, and checking the poster's signature where its code came along. */
import { t } from "../i18n";
import { button, glyph, h } from "../shared/dom";
import { scan } from "./scan";

const POSTER = /^https?:\/\/[^/]+\/(q|khai|vao)\/([0-9A-Za-z]{6,12})\/?(#.*)?$/;

/** The address on this site that a poster's code leads to; null for any other code. */
export function addressOf(text: string): string | null {
  const match = POSTER.exec(text.trim());
  if (!match) return null;
  const [, way, code = "", signed = ""] = match;
  return `/${way === "vao" ? "vao" : "khai"}/${code.toUpperCase()}/${signed}`;
}

export function offerScan(slot: HTMLElement): void {
  const face = button("", "outline-primary", () => void go(), { class: "btn btn-outline-primary lc-scan-button", "data-testid": "scan-poster" });
  face.append(glyph({ icon: "scan" }), h("span", {}, t("scanPoster")));
  slot.replaceChildren(face);
}

async function go(): Promise<void> {
  const text = await scan((code) => (addressOf(code) === null ? t("scanNotPoster") : null));
  const address = text === null ? null : addressOf(text);
  if (address !== null) location.assign(address);
}
