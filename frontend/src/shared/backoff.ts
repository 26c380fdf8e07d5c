/** How long to wait before a server is asked again. */
export const LONGEST_WAIT = 600;

/** Seconds: 5, 10, 20 … 600, with up to a quarter more, so that a town's phones don't come back at one moment. */
export function backOff(tries: number, chance: () => number = Math.random): number {
  return Math.min(5 * 2 ** tries, LONGEST_WAIT) * (1 + chance() / 4);
}
