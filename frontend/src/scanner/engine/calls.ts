/** What a device signs to be known, beside the lines of its log. */
import { type Bytes, concat, utf8 } from "../../kernel/codes/bytes";
import { uuidBytes } from "../../kernel/ids";
import { big64 } from "../../kernel/scanlog";

const CALL = utf8("LCD1");
const ENROL = utf8("LCE1");
const WAS = utf8("LCW1");

/** What a device signs to be known at an address; `ts` in Unix seconds. */
export function callToSign(path: string, ts: number, device: string): Bytes {
  return concat(CALL, utf8(path), big64(ts), uuidBytes(device));
}

export function enrolToSign(code: Bytes, key: Bytes): Bytes {
  return concat(ENROL, code, key);
}

/** What the device that this phone was until now signs, so that what it left unsent still counts where it was scanned. */
export function wasToSign(code: Bytes, key: Bytes): Bytes {
  return concat(WAS, code, key);
}
