/** How close a board can be looked at. 1 shows all of it. */

export interface Fit {
  /** The side of a cell when all of the board is shown. */
  readonly cellPixels: number
}

/** What a finger hits. */
const touchPixels = 26
const comfortablePixels = 40
const mostPixels = 72

/** A board whose cells are too small to touch starts closer. */
export function firstZoom(fit: Fit): number {
  return clampZoom(touchPixels / fit.cellPixels, fit)
}

export function clampZoom(wanted: number, { cellPixels }: Fit): number {
  return Math.max(1, Math.min(wanted, mostPixels / cellPixels))
}

export function isWorthZooming({ cellPixels }: Fit): boolean {
  return cellPixels < comfortablePixels
}
