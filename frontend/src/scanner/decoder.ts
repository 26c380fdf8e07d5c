/// <reference lib="webworker" />
/** Reads codes from pictures in a thread of its own, so that the page stays quick under the thumb. */
import { reader } from "../shared/reader";

export type Picture = ImageBitmap | ImageData;
/** `picture` null: only say whether this thread can read. */
export interface Ask {
  readonly id: number;
  readonly picture: Picture | null;
}
/** `failed`: the reader couldn't be fetched, ask again later. */
export interface Answer {
  readonly id: number;
  readonly text: string | null;
  readonly failed: boolean;
}

const worker = self as unknown as DedicatedWorkerGlobalScope;
let canvas: OffscreenCanvas | null = null;

worker.addEventListener("message", ({ data }: MessageEvent<Ask>) => void answer(data).then((said) => worker.postMessage(said)));

async function answer({ id, picture }: Ask): Promise<Answer> {
  try {
    const read = await reader();
    return { id, text: picture && (await read(pixels(picture))), failed: false };
  } catch {
    return { id, text: null, failed: true };
  }
}

function pixels(picture: Picture): ImageData {
  if (picture instanceof ImageData) return picture;
  const { width, height } = picture;
  if (canvas?.width !== width || canvas.height !== height) canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) throw new Error("no canvas");
  context.drawImage(picture, 0, 0);
  picture.close();
  return context.getImageData(0, 0, width, height);
}
