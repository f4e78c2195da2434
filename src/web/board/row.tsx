/** One row of a board, rendered again only when one of its properties has changed. */
import { Component } from 'preact'
import { empty, type Mark } from '../../game/index.ts'
import { firstText, textOf } from '../language/text.ts'
import { MarkShape } from './mark.tsx'

export interface RowProps {
  /** The number of the row from the top, 0-based. */
  readonly y: number
  /** The marks of this row, including unconfirmed ones. */
  readonly marks: string
  /** The confirmed marks of this row. */
  readonly confirmed: string
  /** The best moves of this row, as in `BestMoves`; empty for none. */
  readonly best: string
  /** The column of the last move, -1 if it is not in this row. */
  readonly lastX: number
  /** The columns in the winning line, as a text that can be compared. */
  readonly lineXs: string
  /** The column where a click places the next mark, -1 if it is not in this row. */
  readonly targetX: number
  /** The column of the keyboard cursor, -1 if it is not in this row. */
  readonly cursorX: number
  /** The language of the labels: a change renders the row again. */
  readonly language: string
}

export class Row extends Component<RowProps> {
  override shouldComponentUpdate(next: RowProps): boolean {
    const now = this.props
    return (Object.keys(next) as (keyof RowProps)[]).some((key) => next[key] !== now[key])
  }

  override render() {
    const { y, marks } = this.props
    return (
      <div role="row" class="row" aria-rowindex={y + 1}>
        {Array.from(marks, (what, x) => this.#cell(what, x))}
      </div>
    )
  }

  #cell(what: string, x: number) {
    const { y, marks, confirmed, best, lastX, lineXs, targetX, cursorX } = this.props
    const isInLine = lineXs.split(' ').includes(String(x))
    const isBest = (best[x] ?? empty) !== empty
    const states = [
      x === lastX && 'last',
      x === targetX && 'target',
      isInLine && 'won',
      confirmed[x] !== what && 'pending',
    ]
    return (
      <button
        key={x}
        type="button"
        role="gridcell"
        class={['cell', ...states].filter((state) => state !== false).join(' ')}
        data-best={isBest ? best[x] : undefined}
        data-cell={y * marks.length + x}
        aria-colindex={x + 1}
        aria-label={firstText('cell', {
          x: x + 1,
          y: y + 1,
          what: isBest
            ? textOf('cellBest', { mark: best[x] === '*' ? '' : (best[x] ?? '') }).trim()
            : describe(what, x === lastX, isInLine),
        })}
        tabIndex={x === cursorX ? 0 : -1}
      >
        {isMark(what) && <MarkShape mark={what} />}
      </button>
    )
  }
}

function isMark(what: string): what is Mark {
  return what === 'X' || what === 'O'
}

function describe(what: string, isLast: boolean, isInLine: boolean): string {
  if (!isMark(what)) return firstText('cellEmpty')
  if (isInLine) return firstText('cellLine', { what })
  return isLast ? firstText('cellLast', { what }) : what
}
