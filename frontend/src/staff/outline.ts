/** An outline that is drawn on a page's own map: its corners in the drawing, and the same on the ground as GeoJSON. */

export interface Frame { readonly west: number; readonly north: number; readonly across: number; readonly down: number }
export type Point = readonly [number, number];

const DIGITS = 1e6;

/** Degrees of a corner, longitude first. */
export function ground(frame: Frame, [x, y]: Point): Point {
  const round = (value: number) => Math.round(value * DIGITS) / DIGITS;
  return [round(frame.west + x / frame.across), round(frame.north - y / frame.down)];
}

/** A closed polygon; "" while there are fewer than three corners. */
export function geojson(frame: Frame, corners: readonly Point[]): string {
  if (corners.length < 3) return "";
  const ring = corners.map((corner) => ground(frame, corner));
  return JSON.stringify({ type: "Polygon", coordinates: [[...ring, ring[0]]] });
}

/** The first ring of what stands in the field already, as corners of the drawing; none when it can't be read. */
export function corners(frame: Frame, text: string): Point[] {
  try {
    const found = JSON.parse(text) as { type?: string; coordinates?: number[][][] };
    if (found.type !== "Polygon" || !found.coordinates) return [];
    const ring = (found.coordinates[0] ?? []).slice(0, -1);
    return ring.map(([longitude = 0, latitude = 0]) => [(longitude - frame.west) * frame.across, (frame.north - latitude) * frame.down]);
  } catch {
    return [];
  }
}

/** Where the cross goes by an arrow key; it stays on the map. */
export function moved([x, y]: Point, key: string, far: boolean, width: number, height: number): Point | undefined {
  const by = far ? 50 : 10;
  const steps: Record<string, Point> = { ArrowLeft: [-by, 0], ArrowRight: [by, 0], ArrowUp: [0, -by], ArrowDown: [0, by] };
  const step = steps[key];
  if (!step) return undefined;
  return [Math.min(Math.max(x + step[0], 0), width), Math.min(Math.max(y + step[1], 0), height)];
}
