/** The one line that says where a game stands, and the one below it that says what just did not work. */
import type { Standing, Table } from '../table.ts'
import { ui } from '../ui.ts'
import { turnLine } from '../words.ts'

interface GameStatusProps {
  readonly table: Table
  readonly standing: Standing
}

export function GameStatus({ table, standing }: GameStatusProps) {
  return (
    <div class="where">
      <h1 class="turn">{turnLine(table, standing)}</h1>
      <p class="notice">{ui.notice.value ?? '\u00a0'}</p>
    </div>
  )
}
