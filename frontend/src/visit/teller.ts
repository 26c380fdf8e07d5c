/** When this page tells the province of visits. */
import { Pump } from "../shared/pump";
import { SYNC_TAG, flush, visits, waits } from "./moves";

const listeners = new Set<() => void>();
const pump = new Pump(tell, SYNC_TAG, () => listeners.forEach((listener) => listener()));

/** Called whenever something may have been told. */
export function onTold(listener: () => void): void {
  listeners.add(listener);
}

async function tell(force: boolean): Promise<number | null> {
  const seconds = await flush(Date.now(), force);
  const more = seconds === null && (await visits()).some(waits); // came while another was sent
  return more ? flush(Date.now(), force) : seconds;
}

export async function tellNow(force = true): Promise<void> {
  await pump.now(force);
}

export const start = (): void => pump.start();
