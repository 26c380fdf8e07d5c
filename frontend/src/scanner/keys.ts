/** Hand scanners that type: keystrokes faster than fingers, ended by Enter. */

/** Slower than this are fingers. Outside a field nothing else listens, so a busy phone may lag without losing the scan. */
const LONGEST_GAP_MS = 200;
const SHORTEST = 6;

/** Follows keystrokes; gives a text when one was scanned. Knows no page. */
export class Strokes {
  private typed = "";
  private last = 0;

  /** In the middle of a scanned text. */
  get streaming(): boolean {
    return this.typed.length > 1;
  }

  /** `key` as KeyboardEvent has it, `at` in milliseconds. */
  stroke(key: string, at: number): string | null {
    const quick = at - this.last <= LONGEST_GAP_MS;
    this.last = at;
    if (key === "Enter" || key === "Tab") {
      const text = this.typed;
      this.typed = "";
      return quick && text.length >= SHORTEST ? text : null;
    }
    if ([...key].length !== 1) return null; // Shift and the like
    this.typed = quick ? this.typed + key : key;
    return null;
  }
}

export function listen(found: (text: string) => void): void {
  const strokes = new Strokes();
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
      const text = strokes.stroke(event.key, event.timeStamp);
      if (isTyping(event.target)) return;
      if (event.key === " " && strokes.streaming) event.preventDefault(); // would press whatever button has the focus
      if (text === null) return;
      event.preventDefault();
      event.stopPropagation();
      found(text);
    },
    true,
  );
}

/** In a field the scanner's text belongs to the field. */
function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.matches("input, textarea, select") || target.isContentEditable);
}
