/** For pages that have nothing else to do with the round: whoever signs out, or signs in, finds and leaves no names of households. */
export function endShift(): Promise<void> {
  return import("./notes").then((notes) => notes.endShift()).catch(() => undefined);
}
