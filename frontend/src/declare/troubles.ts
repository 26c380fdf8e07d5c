/** What was wrong with this device's storage, in words. */
import { t } from "../i18n";
import { losses } from "../shared/db";
import { note } from "../shared/dom";

export function troubles(): HTMLElement[] {
  const lost = losses();
  const said: HTMLElement[] = [];
  if (lost.has("rows")) said.push(note(t("keyLost"), "warn", "key-lost"));
  else if (lost.has("holder")) said.push(note(t("keyNew"), "warn", "key-new"));
  if (lost.has("disk")) said.push(note(t("diskFull"), "warn", "disk-full"));
  return said;
}
