/** The camera as a way to fill in. Refused, missing or broken, it says so and leaves a photo or typing. */
import { t } from "../i18n";
import { button, glyph, h } from "../shared/dom";
import { type Read, reader } from "../shared/reader";

const EVERY_MS = 180;
const WIDEST = 1280;

/** Opens the scanner. Gives the text of the first code that `accept` takes; null when closed. `accept` says in words what is wrong with others. */
export function scan(accept: (text: string) => string | null): Promise<string | null> {
  return new Scanner(accept).open();
}

class Scanner {
  private readonly video = h("video", { class: "lc-scan-video", playsinline: true, muted: true, autoplay: true });
  private readonly words = h("p", { class: "lc-scan-words", role: "status", "data-testid": "scan-status" }, t("scanStarting"));
  private readonly dialog: HTMLDialogElement;
  private readonly file = h("input", { type: "file", accept: "image/*", capture: "environment", class: "visually-hidden", id: "scan-file", "data-testid": "scan-file" });
  private stream: MediaStream | null = null;
  private read: Read | null = null;
  private timer = 0;
  private done: (text: string | null) => void = () => undefined;

  constructor(private readonly accept: (text: string) => string | null) {
    const photo = h("label", { class: "btn btn-outline-primary lc-scan-photo", for: "scan-file" }, glyph({ icon: "photo" }), t("scanPhoto"));
    const close = button(t("scanClose"), "primary", () => this.close(null), { "data-testid": "scan-close" });
    this.dialog = h(
      "dialog",
      { class: "lc-scan", "aria-label": t("scanCard"), "data-testid": "scanner" },
      h("div", { class: "lc-scan-frame" }, this.video, h("div", { class: "lc-scan-aim", "aria-hidden": "true" })),
      this.words,
      h("div", { class: "lc-buttons" }, this.file, photo, close),
    );
    this.dialog.addEventListener("cancel", () => this.close(null));
    this.file.addEventListener("change", () => void this.fromPhoto());
  }

  open(): Promise<string | null> {
    document.body.append(this.dialog);
    if (this.dialog.showModal) this.dialog.showModal();
    else this.dialog.setAttribute("open", "");
    void this.start();
    return new Promise((resolve) => {
      this.done = resolve;
    });
  }

  private close(text: string | null): void {
    window.clearTimeout(this.timer);
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
    this.dialog.remove();
    this.done(text);
  }

  private async start(): Promise<void> {
    const camera = this.openCamera();
    this.read = await reader().catch(() => null);
    if (this.read === null) {
      this.say(t("scanFailed"));
      return;
    }
    if (await camera) void this.look();
  }

  private async openCamera(): Promise<boolean> {
    try {
      const wanted = { video: { facingMode: "environment", width: { ideal: WIDEST }, height: { ideal: 720 } }, audio: false };
      this.stream = await navigator.mediaDevices.getUserMedia(wanted);
      if (!this.dialog.isConnected) {
        this.stream.getTracks().forEach((track) => track.stop());
        return false;
      }
      this.video.srcObject = this.stream;
      await this.video.play();
      this.say(t("scanHint"));
      return true;
    } catch (error) {
      // In an insecure page or an in-app browser there is no mediaDevices at all: a TypeError.
      const refused = error instanceof DOMException && error.name === "NotAllowedError";
      this.say(t(refused ? "scanRefused" : "scanNoCamera"));
      this.dialog.classList.add("lc-scan-no-camera");
      return false;
    }
  }

  private say(text: string): void {
    this.words.textContent = text;
  }

  private async look(): Promise<void> {
    if (!this.stream || !this.read) return;
    const picture = this.frame();
    const text = picture ? await this.read(picture).catch(() => null) : null;
    if (text !== null && this.take(text)) return;
    if (this.stream) this.timer = window.setTimeout(() => void this.look(), EVERY_MS);
  }

  private frame(): ImageData | null {
    const { videoWidth: width, videoHeight: height } = this.video;
    if (!width || !height) return null;
    const canvas = h("canvas", { width, height });
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context?.drawImage(this.video, 0, 0);
    return context?.getImageData(0, 0, width, height) ?? null;
  }

  private take(text: string): boolean {
    const wrong = this.accept(text);
    if (wrong !== null) {
      this.say(wrong);
      return false;
    }
    navigator.vibrate?.(40);
    this.close(text);
    return true;
  }

  private async fromPhoto(): Promise<void> {
    const photo = this.file.files?.[0];
    if (!photo) return;
    try {
      const read = this.read ?? (await reader());
      const text = await read(photo);
      if (text === null) this.say(t("scanNothing"));
      else this.take(text);
    } catch {
      this.say(t("scanFailed"));
    }
  }
}
