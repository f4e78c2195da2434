/** A finished game as a file that plays its moves one by one: an SVG image that needs nothing else. */
import { escapeMarkup } from '../../base/index.ts'
import { type Cell, placeOf } from '../../game/index.ts'
import { markBox, markPaths } from '../../game/mark-paths.ts'
import type { Course } from './record.ts'

/** The time of a move, in seconds; all of a long game take {@link longestSeconds}. */
const moveSeconds = 0.8
const longestSeconds = 30

/** The side of a cell, and the width of the edge around the board. */
const side = 40
const edge = 8

/** The light colours of the page. A visitor who asks for less motion sees the end. */
const style = `.g{fill:#fbf7ef}.r{stroke:#8a8172;stroke-width:1.5}.m{fill:none;stroke-width:2.4;stroke-linecap:round}
.X{stroke:#c63d27}.O{stroke:#2453c6}.m,.l{animation:a .12s both}@keyframes a{from{opacity:0}}
.l{stroke-width:4;stroke-linecap:round}@media (prefers-reduced-motion:reduce){.m,.l{animation:none}}`

/**
 * @param line the cells of the line that ended the game; null if none did.
 * @param title what the image shows, for screen readers.
 */
export function makeAnimation(course: Course, line: readonly Cell[] | null, title: string): string {
  const { rules, plies } = course
  const [width, height] = [rules.width * side + 2 * edge, rules.height * side + 2 * edge]
  const pace = Math.min(moveSeconds, longestSeconds / Math.max(1, plies.length))
  const delay = (moves: number): string => `style="animation-delay:${(moves * pace).toFixed(2)}s"`
  const marks = plies.map(({ cell, mark }, move) => {
    const { x, y } = placeOf(rules, cell)
    const place = `translate(${edge + x * side} ${edge + y * side}) scale(${side / markBox})`
    return `<path class="m ${mark}" transform="${place}" d="${markPaths[mark]}" ${delay(move + 1)}/>`
  })
  const [from, to] = [line?.[0], line?.at(-1)].map((cell) => (cell === undefined ? null : middleOf(course, cell)))
  const mark = plies.at(-1)?.mark ?? 'X'
  const strike =
    from && to
      ? `<path class="l ${mark}" d="M${from.join(' ')}L${to.join(' ')}" ${delay(plies.length + 0.5)}/>`
      : undefined
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="600">`,
    `<title>${escapeMarkup(title)}</title><style>${style}</style>`,
    `<rect class="g" width="${width}" height="${height}"/><path class="r" d="${linesOf(course)}"/>`,
    ...marks,
    ...(strike === undefined ? [] : [strike]),
    '</svg>\n',
  ].join('\n')
}

function linesOf({ rules: { width, height } }: Course): string {
  const columns = Array.from({ length: width - 1 }, (_, x) => `M${edge + (x + 1) * side} ${edge}v${height * side}`)
  const rows = Array.from({ length: height - 1 }, (_, y) => `M${edge} ${edge + (y + 1) * side}h${width * side}`)
  return [...columns, ...rows].join('')
}

function middleOf({ rules }: Course, cell: Cell): readonly [x: number, y: number] {
  const { x, y } = placeOf(rules, cell)
  return [edge + (x + 0.5) * side, edge + (y + 0.5) * side]
}
