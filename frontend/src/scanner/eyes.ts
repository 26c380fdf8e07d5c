/** From a picture to a text: in a worker where the browser has them, else in the page itself. */
import { reader } from "../shared/reader";
import type { Answer, Ask, Picture } from "./decoder";

/** A worker that doesn't answer in this time has died with the phone's memory; the page reads on by itself. */
const PATIENCE_MS = 10_000;

export interface Eyes {
  readonly where: "worker" | "page";
  /** The text of the code that a video shows now; null for none. */
  see(video: HTMLVideoElement): Promise<string | null>;
}

class WorkerGone extends Error {}

/** A thread that reads pictures. */
export class Thread {
  private readonly asked = new Map<number, (answer: Answer | null) => void>();
  private made = 0;

  constructor(private readonly worker: Worker) {
    worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => this.settle(data.id, data));
    worker.addEventListener("error", () => [...this.asked.keys()].forEach((id) => this.settle(id, null)));
  }

  private settle(id: number, answer: Answer | null): void {
    this.asked.get(id)?.(answer);
    this.asked.delete(id);
  }

  /** Throws WorkerGone when it doesn't answer; Error when it can't read yet. */
  async ask(picture: Picture | null): Promise<string | null> {
    const id = (this.made += 1);
    const answer = await new Promise<Answer | null>((resolve) => {
      this.asked.set(id, resolve);
      setTimeout(() => this.settle(id, null), PATIENCE_MS);
      this.worker.postMessage({ id, picture } satisfies Ask, picture === null ? [] : [picture instanceof ImageData ? picture.data.buffer : picture]);
    });
    if (answer === null) throw new WorkerGone();
    if (answer.failed) throw new Error("no reader yet");
    return answer.text;
  }

  end(): void {
    this.worker.terminate();
  }
}

let thread: Thread | null | undefined;

/** Undefined: not tried yet; null: this browser reads in the page. */
function threadOf(): Thread | null {
  if (thread !== undefined) return thread;
  try {
    thread = new Thread(new Worker(new URL("./decoder.ts", import.meta.url)));
  } catch {
    thread = null;
  }
  return thread;
}

/** Rejects when the reader can't be fetched; the next try may have a network. */
export async function eyes(): Promise<Eyes> {
  const own = threadOf();
  if (own === null) return inPage();
  try {
    await own.ask(null);
    return inThread(own);
  } catch (error) {
    if (!(error instanceof WorkerGone)) throw error;
    return giveUp(own);
  }
}

function giveUp(own: Thread): Promise<Eyes> {
  own.end();
  thread = null;
  return inPage();
}

function inThread(own: Thread): Eyes {
  let instead: Promise<Eyes> | null = null;
  return {
    get where() {
      return instead ? "page" : "worker";
    },
    async see(video) {
      if (instead) return (await instead).see(video);
      const picture = await still(video);
      try {
        return picture && (await own.ask(picture));
      } catch (error) {
        if (error instanceof WorkerGone) instead = giveUp(own);
        return null;
      }
    },
  };
}

async function inPage(): Promise<Eyes> {
  const read = await reader();
  return { where: "page", see: (video) => Promise.resolve(drawn(video)).then((picture) => picture && read(picture)).catch(() => null) };
}

const canvas = typeof document === "undefined" ? null : document.createElement("canvas");

/** A picture of this moment, for the other thread: without its pixels ever passing through this one where that can be. */
async function still(video: HTMLVideoElement): Promise<Picture | null> {
  if (typeof createImageBitmap !== "function" || typeof OffscreenCanvas === "undefined") return drawn(video);
  return video.videoWidth ? createImageBitmap(video).catch(() => drawn(video)) : null;
}

function drawn(video: HTMLVideoElement): ImageData | null {
  const { videoWidth: width, videoHeight: height } = video;
  if (!width || !height || canvas === null) return null;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context?.drawImage(video, 0, 0);
  return context?.getImageData(0, 0, width, height) ?? null;
}
