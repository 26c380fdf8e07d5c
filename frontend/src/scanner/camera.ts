/** The camera as a stream of texts: a few frames a second, torch and choice of camera where the phone has them. */
import { type Eyes, eyes } from "./eyes";

const EVERY_MS = 125;
const WIDEST = 1280;
const CHOSEN = "lc-gate-camera";

export type CameraState = "starting" | "looking" | "refused" | "none" | "noReader" | "off";

export class Camera {
  readonly video: HTMLVideoElement;
  state: CameraState = "off";
  private stream: MediaStream | null = null;
  private eyes: Eyes | null = null;
  private timer = 0;
  private wanted = false;
  private lit = false;

  constructor(
    private readonly found: (text: string) => void,
    private readonly changed: (state: CameraState) => void,
  ) {
    this.video = document.createElement("video");
    for (const name of ["playsinline", "muted", "autoplay"]) this.video.setAttribute(name, "");
    this.video.muted = true;
    document.addEventListener("visibilitychange", () => void (document.hidden ? this.release() : this.wanted && this.open()));
  }

  async start(): Promise<void> {
    this.wanted = true;
    if (this.stream || this.state === "starting") return;
    await this.open();
  }

  stop(): void {
    this.wanted = false;
    this.release();
  }

  private release(): void {
    window.clearTimeout(this.timer);
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
    this.lit = false;
    this.say("off");
  }

  private say(state: CameraState): void {
    this.state = state;
    this.changed(state);
  }

  private async open(): Promise<void> {
    this.say("starting");
    const [stream, seeing] = await Promise.all([this.openStream(), eyes().catch(() => null)]);
    if (!stream) return;
    if (!this.wanted || document.hidden || this.stream) return stream.getTracks().forEach((track) => track.stop());
    this.stream = stream;
    this.eyes = seeing;
    this.video.srcObject = stream;
    await this.video.play().catch(() => undefined);
    this.say(seeing ? "looking" : "noReader");
    void this.look();
  }

  private async openStream(): Promise<MediaStream | null> {
    const size = { width: { ideal: WIDEST }, height: { ideal: 720 } };
    const chosen = remembered();
    try {
      if (chosen) {
        const exact = { video: { deviceId: { exact: chosen }, ...size }, audio: false };
        return await navigator.mediaDevices.getUserMedia(exact).catch(() => navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", ...size } }));
      }
      return await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", ...size }, audio: false });
    } catch (error) {
      this.say(error instanceof DOMException && error.name === "NotAllowedError" ? "refused" : "none");
      return null;
    }
  }

  private async look(): Promise<void> {
    if (!this.stream) return;
    const began = performance.now();
    const text = this.eyes && (await this.eyes.see(this.video));
    if (text && this.stream) this.found(text);
    if (!this.eyes) this.eyes = await eyes().catch(() => null);
    if (this.eyes && this.state === "noReader") this.say("looking");
    const pause = Math.max(30, EVERY_MS - (performance.now() - began));
    if (this.stream) this.timer = window.setTimeout(() => void this.look(), pause);
  }

  /** Where pictures are read. */
  get readsIn(): Eyes["where"] | "" {
    return this.eyes?.where ?? "";
  }

  // Torch and choice of camera

  get hasTorch(): boolean {
    const track = this.stream?.getVideoTracks()[0];
    return Boolean((track?.getCapabilities?.() as { torch?: boolean } | undefined)?.torch);
  }

  get torchOn(): boolean {
    return this.lit;
  }

  async toggleTorch(): Promise<void> {
    const track = this.stream?.getVideoTracks()[0];
    try {
      await track?.applyConstraints({ advanced: [{ torch: !this.lit } as MediaTrackConstraintSet] });
      this.lit = !this.lit;
    } catch {
      // the phone says it has one and won't light it
    }
    this.changed(this.state);
  }

  async cameras(): Promise<MediaDeviceInfo[]> {
    const devices = (await navigator.mediaDevices?.enumerateDevices?.().catch(() => [])) ?? [];
    return devices.filter((device) => device.kind === "videoinput");
  }

  /** The next camera of the phone, remembered for the next time. */
  async another(): Promise<void> {
    const all = await this.cameras();
    const now = this.stream?.getVideoTracks()[0]?.getSettings().deviceId;
    const next = all[(all.findIndex((device) => device.deviceId === now) + 1) % Math.max(1, all.length)];
    if (!next) return;
    remember(next.deviceId);
    this.release();
    await this.open();
  }
}

function remembered(): string | null {
  try {
    return localStorage.getItem(CHOSEN);
  } catch {
    return null;
  }
}

function remember(id: string): void {
  try {
    localStorage.setItem(CHOSEN, id);
  } catch {
    // storage switched off: the choice lasts for this page
  }
}
