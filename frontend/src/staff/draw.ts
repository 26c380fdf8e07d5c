/** Drawing an outline on the page's map, by pointer or keys. What is drawn stands in the form's field, where it can be pasted and read, too. */
import { svg } from "../shared/dom";
import { type Frame, type Point, corners, geojson, moved } from "./outline";

class Drawer {
  private points: Point[] = [];
  private cross: Point;
  private readonly frame: Frame;
  private readonly width: number;
  private readonly height: number;
  private readonly shape = svg("path", { class: "lc-map-drawn" });
  private readonly marks = svg("g", { class: "lc-map-corners" });
  private readonly aim = svg("path", { class: "lc-map-aim", visibility: "hidden" });

  constructor(
    private readonly root: HTMLElement,
    private readonly map: SVGSVGElement,
    private readonly field: HTMLTextAreaElement,
  ) {
    const number = (name: string) => Number(map.dataset[name]);
    this.frame = { west: number("west"), north: number("north"), across: number("across"), down: number("down") };
    this.width = map.viewBox.baseVal.width;
    this.height = map.viewBox.baseVal.height;
    this.cross = [this.width / 2, this.height / 2];
    map.append(this.shape, this.marks, this.aim);
  }

  start(): void {
    this.map.addEventListener("click", (event) => this.add(this.at(event)));
    this.map.addEventListener("keydown", (event) => this.key(event));
    this.map.addEventListener("focus", () => this.aim.setAttribute("visibility", this.map.matches(":focus-visible") ? "visible" : "hidden"));
    this.map.addEventListener("blur", () => this.aim.setAttribute("visibility", "hidden"));
    this.root.querySelector("[data-draw-undo]")?.addEventListener("click", () => this.undo());
    this.root.querySelector("[data-draw-clear]")?.addEventListener("click", () => this.set([], "removed"));
    this.field.addEventListener("change", () => this.load());
    this.load();
  }

  private load(): void {
    this.points = corners(this.frame, this.field.value);
    this.draw();
  }

  private at(event: MouseEvent): Point {
    const box = this.map.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * this.width, ((event.clientY - box.top) / box.height) * this.height];
  }

  private key(event: KeyboardEvent): void {
    const to = moved(this.cross, event.key, event.shiftKey, this.width, this.height);
    if (to) this.cross = to;
    else if (event.key === "Enter") this.add(this.cross);
    else if (event.key === "Backspace") this.undo();
    else return;
    event.preventDefault();
    this.aim.setAttribute("visibility", "visible");
    this.draw();
  }

  private add(point: Point): void {
    this.cross = point;
    this.set([...this.points, point], "added");
  }

  private undo(): void {
    this.set(this.points.slice(0, -1), "removed");
  }

  private set(points: Point[], said: "added" | "removed"): void {
    this.points = points;
    this.field.value = geojson(this.frame, points);
    this.draw();
    const words = points.length >= 3 ? this.root.dataset.saidDone : said === "added" ? this.root.dataset.saidAdded : this.root.dataset.saidRemoved;
    const line = this.root.querySelector("[data-said]");
    if (line) line.textContent = (words ?? "").replace("{n}", String(points.length));
  }

  private draw(): void {
    const [first, ...rest] = this.points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`);
    this.shape.setAttribute("d", first ? `M${first}${rest.map((point) => ` L${point}`).join("")}${this.points.length > 2 ? "Z" : ""}` : "");
    this.marks.replaceChildren(...this.points.map(([x, y]) => svg("circle", { cx: x, cy: y, r: 6 })));
    const [x, y] = this.cross;
    this.aim.setAttribute("d", `M${x - 14} ${y}H${x + 14}M${x} ${y - 14}V${y + 14}`);
  }
}

export function start(roots: Iterable<HTMLElement>): void {
  for (const root of roots) {
    const map = root.querySelector<SVGSVGElement>("svg[data-map]");
    const field = document.querySelector<HTMLTextAreaElement>("textarea[data-outline]");
    if (map && field) new Drawer(root, map, field).start();
  }
}
