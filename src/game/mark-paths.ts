/** The drawings of X and O, for the pages and for pictures made by the server. */
import type { Mark } from './player.ts'

/** SVG path data in a square of {@link markBox} units. Only the commands M and C, with absolute coordinates. */
export const markPaths: Readonly<Record<Mark, string>> = {
  X: 'M4.8 5.2C8.2 8 11.8 11.6 15.1 15M15.2 4.8C11.8 8.3 8.4 11.8 4.9 15.2',
  O: 'M10.4 4.3C13.6 4.3 15.8 6.9 15.7 10.1 15.6 13.3 13 15.7 9.8 15.7 6.6 15.6 4.3 13.2 4.3 10 4.4 6.8 7 4.4 10.4 4.3',
}

/** The side of the square of {@link markPaths}. */
export const markBox = 20
