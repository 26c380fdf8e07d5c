/** Enrolling this device: a code from the supervisor's screen, and a name for the device. */
import { h } from "../../shared/dom";
import { take } from "../engine/bundle";
import * as clock from "../engine/clock";
import { type EnrolCode, EnrolRefused, enrol, enrolCode } from "../engine/device";
import { unsent } from "../engine/log";
import { w } from "../words";
import { big, field, strip } from "./parts";

export interface EnrolWays {
  readonly app: string;
  done(): unknown;
}

export class Enrol {
  readonly element = h("section", { class: "g-page", "data-testid": "enrol" });
  private code: EnrolCode | null;
  private readonly said = h("div", {});
  private readonly name = field(w("enrolName"), "", { maxlength: "60", "data-testid": "enrol-name" }, w("enrolNameHint"));
  private readonly go = big(w("enrolGo"), () => this.send(), { "data-testid": "enrol-go" });

  constructor(
    code: EnrolCode | null,
    private readonly ways: EnrolWays,
  ) {
    this.code = code;
    this.element.append(h("h2", {}, w("enrolTitle")), h("p", {}, w("enrolText")), this.said, this.name.box, this.go);
    this.show();
    void unsent().then((n) => n > 0 && this.element.append(strip("info", w("enrolUnsent", { n }), "enrol-unsent"))).catch(() => undefined);
  }

  get wantsCode(): boolean {
    return this.code === null;
  }

  /** A text from the camera or the keyboard. */
  found(text: string): void {
    const code = enrolCode(text);
    if (code === null) return this.say("warn", w("enrolCode"));
    this.code = code;
    this.show();
    this.name.control.focus();
  }

  private show(): void {
    this.go.disabled = this.code === null;
    if (this.code) this.say("info", w("enrolFound"));
    else this.said.replaceChildren();
  }

  private say(kind: "info" | "warn" | "stop", text: string): void {
    this.said.replaceChildren(strip(kind, text, "enrol-said"));
  }

  private async send(): Promise<void> {
    if (!this.code) return;
    this.go.disabled = true;
    this.say("info", w("enrolling"));
    try {
      const { device, envelope } = await enrol(this.code, this.name.control.value.trim() || w("about"), this.ways.app, Date.now());
      const bundle = await take(device, envelope);
      await clock.trust(bundle.issued);
      await this.ways.done();
    } catch (error) {
      if (!(error instanceof EnrolRefused)) throw error;
      if (error.why === "enrolUsed" || error.why === "enrolForged") this.code = null;
      this.go.disabled = this.code === null;
      this.say("stop", w(error.why));
    }
  }
}
