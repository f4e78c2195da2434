/** The one line that says where a game stands, and the one below it that says what just did not work. */
import type { Standing, Table } from '../state/table.ts'
import { ui } from '../state/ui.ts'
import { turnLine } from '../words.ts'

interface GameStatusProps {
  readonly table: Table
  readonly standing: Standing
}

export function GameStatus({ table, standing }: GameStatusProps) {
  const line = turnLine(table, standing)
  return (
    <div class="where">
      {/* Other words are another element: nothing moves, one sentence takes the place of another. */}
      <h1 class="turn">
        <span key={line}>{line}</span>
      </h1>
      <p class="notice" aria-hidden={ui.notice.value === null}>
        {ui.notice.value ?? '\u00a0'}
      </p>
    </div>
  )
}
