/** How close a board can be looked at. 1 shows all of it. */

export interface Fit {
  /** The side of a cell when all of the board is shown. */
  readonly cellPixels: number
  /** By fingers, which need more room than a mouse. */
  readonly isTouched: boolean
}

const mostPixels = 72

/** A board whose cells are too small to hit starts closer. */
export function firstZoom(fit: Fit): number {
  return clampZoom((fit.isTouched ? 34 : 20) / fit.cellPixels, fit)
}

export function clampZoom(wanted: number, { cellPixels }: Fit): number {
  return Math.max(1, Math.min(wanted, mostPixels / cellPixels))
}

export function isWorthZooming({ cellPixels, isTouched }: Fit): boolean {
  return cellPixels < (isTouched ? 44 : 28)
}
