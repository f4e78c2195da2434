/** The status line of a game, and below it the notice about the last failed action. */
import type { PageGameState, PageGame } from '../state/page-game.ts'
import { ui } from '../state/ui.ts'
import { turnLine } from '../words.ts'

interface GameStatusProps {
  readonly table: PageGame
  readonly standing: PageGameState
}

export function GameStatus({ table, standing }: GameStatusProps) {
  const line = turnLine(table, standing)
  return (
    <div class="where">
      {/* A new text is a new element: the sentence is replaced, and nothing moves. */}
      <h1 class="turn">
        <span key={line}>{line}</span>
      </h1>
      <p class="notice" aria-hidden={ui.notice.value === null}>
        {ui.notice.value ?? '\u00a0'}
      </p>
    </div>
  )
}
