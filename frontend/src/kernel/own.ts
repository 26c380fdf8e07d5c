/** `Object.hasOwn`, which the phones of 2021 lack: an answer named "constructor" must not be found in a prototype. */
export function hasOwn(object: object, key: string): boolean {
  return Object.prototype.hasOwnProperty.call(object, key);
}
