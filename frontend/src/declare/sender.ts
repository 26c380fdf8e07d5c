/** When the page sends declarations that wait. */
import { Pump } from "../shared/pump";
import { SYNC_TAG, flush } from "./queue";

const pump = new Pump((force) => flush(Date.now(), force), SYNC_TAG);

/** Send what is due and see to the rest. Gives the seconds until the next try, null when nothing waits. */
export const sendNow = (force = true): Promise<number | null> => pump.now(force);
export const start = (): void => pump.start();
