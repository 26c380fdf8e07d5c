/** Number plates, as they are typed and as they are kept; as `lachan.kernel.plates`. */
import { InvalidInput } from "./errors";

const LONGEST = 40;
const GROUPING = /[ .\-\u2013\u2014\u00a0\t\r\n]/g;
const WRITTEN = /^[0-9A-Za-zĐđ]{4,12}$/;
const VIETNAMESE = /^(?:[0-9]{2}[A-Z]{1,2}[0-9]{4,6}|[0-9]{5}(?:NG|QT|NN|CV)[0-9]{2}|[A-Z]{2}[0-9]{4})$/;

/** In capitals and digits, Đ as D; of any country. Throws InvalidInput. */
export function parsePlate(text: string): string {
  const bare = text.length <= LONGEST ? text.replace(GROUPING, "") : "";
  if (!WRITTEN.test(bare) || !/[0-9]/.test(bare)) throw new InvalidInput("plate_format");
  return bare.toUpperCase().replace(/Đ/g, "D");
}

export function isVietnamese(plate: string): boolean {
  return VIETNAMESE.test(plate);
}
