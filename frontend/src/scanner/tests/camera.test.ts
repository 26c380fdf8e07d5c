/** A camera that isn't there: its torch, the choice between several, and reading in a thread of its own. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Answer, Ask } from "../decoder";

class Track {
  readonly stop = vi.fn();
  readonly applyConstraints = vi.fn((_wanted: object) => Promise.resolve());
  constructor(private readonly id: string, private readonly torch: boolean) {}
  getCapabilities = () => ({ torch: this.torch });
  getSettings = () => ({ deviceId: this.id });
}

const CAMERAS = ["front", "back", "wide"];
let opened: Track[] = [];
let asked: (string | undefined)[] = [];
let kept: Map<string, string>;

function open({ video }: { video: { deviceId?: { exact: string } } }): Promise<unknown> {
  asked.push(video.deviceId?.exact);
  const track = new Track(video.deviceId?.exact ?? "back", (video.deviceId?.exact ?? "back") === "back");
  opened.push(track);
  return Promise.resolve({ getTracks: () => [track], getVideoTracks: () => [track] });
}

class Element {
  readonly videoWidth = 640;
  readonly videoHeight = 480;
  muted = false;
  srcObject: unknown = null;
  setAttribute = () => undefined;
  play = () => Promise.resolve();
  getContext = () => null;
}

beforeEach(() => {
  vi.resetModules();
  [opened, asked, kept] = [[], [], new Map()];
  vi.stubGlobal("document", { createElement: () => new Element(), addEventListener: () => undefined, hidden: false });
  vi.stubGlobal("window", globalThis);
  vi.stubGlobal("localStorage", { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => kept.set(key, value) });
  vi.stubGlobal("navigator", { mediaDevices: { getUserMedia: open, enumerateDevices: () => Promise.resolve([{ kind: "audioinput", deviceId: "mic" }, ...CAMERAS.map((deviceId) => ({ kind: "videoinput", deviceId }))]) } });
  vi.stubGlobal("Worker", Reading);
});
afterEach(() => vi.unstubAllGlobals());

/** A thread that finds one text in every picture. */
class Reading {
  static dead = false;
  private told: (event: { data: Answer }) => void = () => undefined;
  addEventListener(name: string, told: (event: { data: Answer }) => void): void {
    if (name === "message") this.told = told;
    else if (Reading.dead) setTimeout(told as () => void, 1);
  }
  postMessage({ id, picture }: Ask): void {
    if (!Reading.dead) setTimeout(() => this.told({ data: { id, text: picture && "056190000001", failed: false } }), 1);
  }
  terminate = () => undefined;
}

async function camera() {
  const { Camera } = await import("../camera");
  const states: string[] = [];
  const found: string[] = [];
  const made = new Camera((text) => found.push(text), (state) => states.push(state));
  await made.start();
  return { made, states, found };
}

describe("the torch", () => {
  test("is there where the phone has one, lights and goes out again", async () => {
    const { made } = await camera();
    expect([made.hasTorch, made.torchOn]).toEqual([true, false]);
    await made.toggleTorch();
    expect(opened[0]?.applyConstraints).toHaveBeenLastCalledWith({ advanced: [{ torch: true }] });
    expect(made.torchOn).toBe(true);
    await made.toggleTorch();
    expect(opened[0]?.applyConstraints).toHaveBeenLastCalledWith({ advanced: [{ torch: false }] });
    expect(made.torchOn).toBe(false);
    made.stop();
  });

  test("that won't light isn't shown as lit; a camera without one has no button", async () => {
    const { made } = await camera();
    opened[0]?.applyConstraints.mockRejectedValueOnce(new Error("busy"));
    await made.toggleTorch();
    expect(made.torchOn).toBe(false);
    await made.another();
    expect(made.hasTorch).toBe(false);
    made.stop();
  });
});

describe("the choice of camera", () => {
  test("goes round, stops the one before, and is remembered for the next time", async () => {
    const { made } = await camera();
    expect((await made.cameras()).map(({ deviceId }) => deviceId)).toEqual(CAMERAS);
    await made.another();
    expect(opened[0]?.stop).toHaveBeenCalled();
    await made.another();
    expect(asked).toEqual([undefined, "wide", "front"]);
    made.stop();
    const later = await camera();
    expect(asked.at(-1)).toBe("front");
    later.made.stop();
  });
});

describe("reading", () => {
  test("goes on in a thread of its own", async () => {
    vi.stubGlobal("createImageBitmap", () => Promise.resolve({ close: () => undefined }));
    vi.stubGlobal("OffscreenCanvas", class {});
    vi.stubGlobal("ImageData", class {});
    const { made, found } = await camera();
    await vi.waitFor(() => expect(found).toContain("056190000001"));
    expect(made.readsIn).toBe("worker");
    made.stop();
  });

  test("goes on in the page where the thread can't be started, or dies", async () => {
    vi.doMock("../../shared/reader", () => ({ reader: () => Promise.resolve(() => Promise.resolve("by the page")) }));
    vi.stubGlobal("Worker", undefined);
    const { eyes } = await import("../eyes");
    expect((await eyes()).where).toBe("page");
    vi.resetModules();
    Reading.dead = true;
    vi.stubGlobal("Worker", Reading);
    const other = await import("../eyes");
    expect((await other.eyes()).where).toBe("page");
    Reading.dead = false;
  });
});
