/** Whether one was at a place that was made known: answered on the phone, from the visits that it keeps; nothing leaves it. */
import { onLanguage, t } from "../i18n";
import { displayMoment } from "../kernel/dates";
import { glyph, h } from "../shared/dom";
import { LONGEST_MS, type Visit, visits } from "./moves";

/** A place and hours, as the page has them. Times are Unix milliseconds. */
export interface Setting {
  readonly place: string;
  readonly from: number;
  readonly to: number;
}

/** The visits that reach into a setting's hours, newest first. Who never said goodbye may have stayed the longest time. */
export function meetings(setting: Setting, kept: readonly Visit[]): Visit[] {
  return kept.filter((row) => row.place === setting.place && row.inAt < setting.to && (row.outAt ?? row.inAt + LONGEST_MS) > setting.from);
}

export class There {
  private readonly lines: readonly HTMLElement[];
  private readonly answer = h("div", {});

  constructor(private readonly root: HTMLElement) {
    this.lines = [...document.querySelectorAll<HTMLElement>("[data-setting]")];
  }

  async start(): Promise<void> {
    this.root.append(this.answer);
    onLanguage(() => void this.draw());
    await this.draw();
  }

  private async draw(): Promise<void> {
    const kept = await visits();
    document.querySelectorAll("[data-there]").forEach((old) => old.remove());
    const found = this.lines.filter((line) => this.mark(line, meetings(read(line), kept)));
    this.answer.replaceChildren(...this.said(kept.length, found.length));
  }

  /** Say it beside the line; whether one was there. */
  private mark(line: HTMLElement, met: readonly Visit[]): boolean {
    const row = met[0];
    if (!row) return false;
    const times = `${displayMoment(row.inAt)} – ${row.outAt === null ? t("visitNoOut") : displayMoment(row.outAt)}`;
    const words = h("p", { class: "lc-wrong", "data-there": "" }, glyph({ icon: "alert-circle" }), h("span", {}, t("thereWas", { times })));
    if (line.hidden) line.after(words);
    else line.append(words);
    return true;
  }

  private said(kept: number, found: number): HTMLElement[] {
    const line = (name: string, words: string) => h("p", { class: "mt-2 mb-0", "data-testid": name }, words);
    if (kept === 0) return [line("there-unknown", t("thereUnknown"))];
    if (found === 0) return [line("there-no", t("thereNo", { kept: String(kept) }))];
    return [line("there-yes", t("thereYes", { found: String(found) }))];
  }
}

function read(line: HTMLElement): Setting {
  return { place: line.dataset.place ?? "", from: Number(line.dataset.from), to: Number(line.dataset.to) };
}
