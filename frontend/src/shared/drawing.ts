/** A QR code as a drawing: black on white in either theme. */
import { qrPath } from "../kernel/qr";
import { svg } from "./dom";

export function drawing(text: string, label: string): SVGElement {
  const { path, size } = qrPath(text);
  return svg(
    "svg",
    { class: "lc-qr-drawing", viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": label, "shape-rendering": "crispEdges" },
    svg("rect", { width: size, height: size, fill: "#fff" }),
    svg("path", { d: path, fill: "#000" }),
  );
}
