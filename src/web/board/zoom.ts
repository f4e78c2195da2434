/** Zoom factors of a board; 1 shows the whole board. */

export interface Fit {
  /** The side of a cell in pixels when the whole board is shown. */
  readonly cellPixels: number
  /** Whether the pointer is a finger, which needs larger cells than a mouse. */
  readonly isTouched: boolean
}

const mostPixels = 72

/** The initial zoom: above 1 if the cells are too small to hit. */
export function firstZoom(fit: Fit): number {
  return clampZoom((fit.isTouched ? 34 : 20) / fit.cellPixels, fit)
}

export function clampZoom(wanted: number, { cellPixels }: Fit): number {
  return Math.max(1, Math.min(wanted, mostPixels / cellPixels))
}

export function isWorthZooming({ cellPixels, isTouched }: Fit): boolean {
  return cellPixels < (isTouched ? 44 : 28)
}
