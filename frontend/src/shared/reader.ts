/** Reading QR codes from pictures: the phone's own reader where it has one, else zxing in WebAssembly, fetched when first needed. */

export type Source = ImageData | Blob;
export type Read = (source: Source) => Promise<string | null>;

interface Detector {
  detect(source: ImageBitmapSource): Promise<{ rawValue: string }[]>;
}

let chosen: Promise<Read> | null = null;

/** Rejects when the reader can't be fetched. */
export function reader(): Promise<Read> {
  chosen ??= choose().catch((error: unknown) => {
    chosen = null; // the next try may have a network
    throw error;
  });
  return chosen;
}

async function choose(): Promise<Read> {
  return (await native()) ?? (await zxing());
}

async function native(): Promise<Read | null> {
  const Native = (globalThis as { BarcodeDetector?: { new (options: object): Detector; getSupportedFormats(): Promise<string[]> } }).BarcodeDetector;
  if (!Native) return null;
  try {
    if (!(await Native.getSupportedFormats()).includes("qr_code")) return null;
    const detector = new Native({ formats: ["qr_code"] });
    return async (source) => (await detector.detect(source))[0]?.rawValue ?? null;
  } catch {
    return null;
  }
}

async function zxing(): Promise<Read> {
  const [{ prepareZXingModule, readBarcodes }, { default: wasm }] = await Promise.all([
    import("zxing-wasm/reader"),
    import("zxing-wasm/reader/zxing_reader.wasm?url"),
  ]);
  await prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true });
  return async (source) => {
    const found = await readBarcodes(source, { formats: ["QRCode"], tryHarder: true, maxNumberOfSymbols: 1 });
    return found[0]?.text ?? null;
  };
}
