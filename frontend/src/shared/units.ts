/**
 * Turns `<input data-unit name="residence">` into a picker of administrative units (ARIA combobox).
 * What is sent under the input's name is the unit's path; without scripts, or when nothing was picked, it is the text typed.
 * A path already chosen is given by `value`, and its words by `data-label`.
 */
export interface Unit { path: string; label: string }
export type Search = (text: string) => Promise<Unit[]>;

export async function searchUnits(text: string): Promise<Unit[]> {
  const answer = await fetch(`/don-vi/tim?q=${encodeURIComponent(text)}`, { headers: { accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return readUnits(await answer.json());
}

/** Reads the server's answer: a list of units, or an object with such a list under "units" or "results". */
export function readUnits(body: unknown): Unit[] {
  const rows = Array.isArray(body) ? body : ((body as Record<string, unknown>)?.units ?? (body as Record<string, unknown>)?.results ?? []);
  return (rows as Unit[]).filter((row) => typeof row?.path === "string" && typeof row?.label === "string");
}

let made = 0;

export class UnitPicker {
  private readonly list = document.createElement("ul");
  private readonly hidden = document.createElement("input");
  private units: Unit[] = [];
  private current = -1;
  private timer = 0;
  private asked = 0;

  constructor(private readonly input: HTMLInputElement, private readonly search: Search = searchUnits) {
    this.wrap();
    input.addEventListener("input", () => this.onInput());
    input.addEventListener("keydown", (event) => this.onKey(event));
    input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    this.list.addEventListener("mousedown", (event) => this.onPick(event));
  }

  private wrap(): void {
    const { input, list, hidden } = this;
    const box = document.createElement("div");
    box.className = "lc-unit";
    input.replaceWith(box);
    hidden.type = "hidden";
    hidden.name = input.name;
    hidden.value = input.value;
    if (input.dataset.label !== undefined) input.value = input.dataset.label;
    input.removeAttribute("name");
    list.className = "lc-unit-list";
    list.id = `lc-units-${++made}`;
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", input.labels?.[0]?.textContent?.trim() ?? "");
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id, autocomplete: "off" })) {
      input.setAttribute(name, value);
    }
    box.append(input, hidden, list);
  }

  private onInput(): void {
    this.hidden.value = this.input.value;
    window.clearTimeout(this.timer);
    if (this.input.value.trim().length < 2) return this.close();
    this.timer = window.setTimeout(() => void this.ask(this.input.value.trim()), 180);
  }

  private async ask(text: string): Promise<void> {
    const turn = ++this.asked;
    try {
      const units = await this.search(text);
      if (turn === this.asked) this.show(units); // a slow answer must not replace a newer one
    } catch {
      this.close(); // offline: the text typed is sent as it is
    }
  }

  private show(units: Unit[]): void {
    this.units = units;
    this.current = -1;
    this.list.replaceChildren(...(units.length ? units.map((unit, at) => this.option(unit, at)) : [this.none()]));
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
  }

  private option(unit: Unit, at: number): HTMLLIElement {
    const item = document.createElement("li");
    item.id = `${this.list.id}-${at}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    item.dataset.at = String(at);
    item.textContent = unit.label;
    return item;
  }

  private none(): HTMLLIElement {
    const item = document.createElement("li");
    item.className = "lc-unit-none";
    item.textContent = document.documentElement.lang === "en" ? "No unit by that name" : "Không có đơn vị tên như vậy";
    return item;
  }

  private onKey(event: KeyboardEvent): void {
    if (this.list.hidden) return;
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move && this.units.length) {
      event.preventDefault();
      this.mark((this.current + move + this.units.length) % this.units.length);
    } else if (event.key === "Enter" && this.current >= 0) {
      event.preventDefault();
      this.pick(this.current);
    } else if (event.key === "Escape") this.close();
  }

  private mark(at: number): void {
    this.current = at;
    [...this.list.children].forEach((item, each) => item.setAttribute("aria-selected", String(each === at)));
    const item = this.list.children[at];
    item?.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", item?.id ?? "");
  }

  private onPick(event: MouseEvent): void {
    const at = (event.target as HTMLElement).closest("li")?.dataset.at;
    event.preventDefault(); // the input keeps the focus
    if (at !== undefined) this.pick(Number(at));
  }

  private pick(at: number): void {
    const unit = this.units[at];
    if (!unit) return;
    this.input.value = unit.label;
    this.hidden.value = unit.path;
    this.close();
    this.hidden.dispatchEvent(new Event("change", { bubbles: true }));
  }

  private close(): void {
    window.clearTimeout(this.timer);
    this.asked++;
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}

export function start(root: ParentNode = document): void {
  for (const input of root.querySelectorAll<HTMLInputElement>("input[data-unit][name]")) new UnitPicker(input);
}
