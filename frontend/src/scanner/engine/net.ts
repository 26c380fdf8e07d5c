/** Calls of an enrolled device: signed by its key, answered by the province itself or not at all. */
import { base64url } from "../../kernel/codes/bytes";
import { sign } from "../../kernel/codes/cose";
import { type Reply, ask, json } from "../../shared/net";
import { callToSign } from "./calls";
import type { Device } from "./device";

export { type Reply, later } from "../../shared/net";

/** The reply of the server, null when there was none (no network, a captive portal). */
export function post(path: string, body: object, patience?: number): Promise<Reply | null> {
  return ask(path, { ...json(body), credentials: "omit", redirect: "error" }, patience);
}

/** As `post`, with who is asking. A device whose clock is off says so by the server's clock, once. */
export async function call(device: Device, path: string, body: object, clock: () => number): Promise<Reply | null> {
  const reply = await post(path, await signed(device, path, body, clock()));
  const off = reply?.status === 401 && reply.date !== null && Math.abs(reply.date - clock()) > 240;
  return off ? post(path, await signed(device, path, body, reply.date as number)) : reply;
}

async function signed(device: Device, path: string, body: object, ts: number): Promise<object> {
  const sig = base64url(await sign(device.secret, callToSign(path, ts, device.id)));
  return { ...body, device: device.id, ts, sig };
}
