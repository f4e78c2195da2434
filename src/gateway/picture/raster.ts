/** A small rasteriser: rectangles, and strokes with smooth edges, in few colours. */

/** A place, or a size, in pixels: from the left and from the top. */
export type Point = readonly [x: number, y: number]

/** The number of shades of an ink, from pale to full. */
export const shades = 16

/** A stroke is drawn in pieces of at most this length, in pixels, because all pixels in the rectangle of a piece are computed. */
const pieceLength = 32

export interface Pen {
  /** In pixels. */
  readonly width: number
  /** The number of the ink. */
  readonly ink: number
  /** Above 0 and at most 1, the full ink. */
  readonly strength: number
}

/**
 * Each pixel is the number of a colour: first the grounds, then `shades` numbers for each ink. A stroke covers grounds,
 * and strokes of other inks; among strokes of one ink the stronger shade is kept.
 */
export class Raster {
  readonly width: number
  readonly height: number
  /** Row by row, each after a 0: so PNG compresses them, with 0 for "no filter". */
  readonly rows: Uint8Array<ArrayBuffer>
  readonly #grounds: number

  /** All pixels are ground 0. @param grounds the number of grounds */
  constructor([width, height]: Point, grounds: number) {
    this.width = width
    this.height = height
    this.rows = new Uint8Array((width + 1) * height)
    this.#grounds = grounds
  }

  /** Makes all pixels ground 0 again. */
  clear(): void {
    this.rows.fill(0)
  }

  /** Fills a rectangle of whole pixels, which must be inside. */
  fill([x, y]: Point, [width, height]: Point, ground: number): void {
    for (let row = y; row < y + height; row++) this.rows.fill(ground, this.#at(x, row), this.#at(x + width, row))
  }

  /** Draws a line through all points, with round ends. */
  stroke(points: readonly Point[], pen: Pen): void {
    for (const [index, to] of points.entries()) {
      const from = points[index - 1]
      if (from === undefined) continue
      const count = Math.max(1, Math.ceil(Math.hypot(to[0] - from[0], to[1] - from[1]) / pieceLength))
      for (let piece = 0; piece < count; piece++)
        this.#strokePiece(between(from, to, piece / count), between(from, to, (piece + 1) / count), pen)
    }
  }

  /** Copies another raster, which must fit in at `place`, except its ground 0. */
  stamp(stamp: Raster, [x, y]: Point): void {
    for (let row = 0; row < stamp.height; row++) {
      const [from, to] = [stamp.#at(0, row), this.#at(x, y + row)]
      for (let column = 0; column < stamp.width; column++) {
        const colour = stamp.rows[from + column] ?? 0
        if (colour !== 0) this.rows[to + column] = colour
      }
    }
  }

  #at(x: number, y: number): number {
    return y * (this.width + 1) + 1 + x
  }

  #strokePiece([ax, ay]: Point, [bx, by]: Point, { width, ink, strength }: Pen): void {
    const reach = width / 2 + 0.5
    const [dx, dy] = [bx - ax, by - ay]
    const square = dx * dx + dy * dy
    const base = this.#grounds + ink * shades
    const [top, bottom] = [Math.floor(Math.min(ay, by) - reach), Math.ceil(Math.max(ay, by) + reach)]
    const [left, right] = [Math.floor(Math.min(ax, bx) - reach), Math.ceil(Math.max(ax, bx) + reach)]
    for (let y = Math.max(0, top); y < Math.min(this.height, bottom); y++)
      for (let x = Math.max(0, left); x < Math.min(this.width, right); x++) {
        // The square of the distance of the pixel's centre from the piece. Math.hypot and tuples are ten times slower.
        const px = x + 0.5 - ax
        const py = y + 0.5 - ay
        const along = square === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / square))
        const ox = px - along * dx
        const oy = py - along * dy
        const far = ox * ox + oy * oy
        if (far >= reach * reach) continue
        const shade = Math.round(Math.min(1, reach - Math.sqrt(far)) * strength * shades) - 1
        if (shade >= 0) this.#put(this.#at(x, y), base, shade)
      }
  }

  #put(at: number, base: number, shade: number): void {
    const old = this.rows[at] ?? 0
    const isOther = old >= this.#grounds && (old < base || old >= base + shades)
    // Between two inks there are no shades: the edge of the upper stroke is sharp.
    if (isOther ? shade * 2 >= shades : old < base + shade) this.rows[at] = base + shade
  }
}

function between(from: Point, to: Point, part: number): Point {
  return [from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part]
}
