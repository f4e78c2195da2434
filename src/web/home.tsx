/** The first page: a board to play on at once, and the ways to people. */
import { computed, signal } from '@preact/signals'
import { presets } from '../game/index.ts'
import { create, playSomeone } from './actions.ts'
import { GameBoard } from './game/game-board.tsx'
import { text } from './language/text.ts'
import { Link } from './link.tsx'
import { firstWish, type LocalWish, openLocal } from './local/games.ts'
import { openTable, type Table } from './table.ts'
import { ui } from './ui.ts'
import { GameStatus } from './game/status.tsx'

const wish = signal<LocalWish>(firstWish)
const table = signal<Table>(openTable('bot', openLocal(firstWish)))

/** The game that plays without a server, whichever page is shown. */
export const localTable = computed(() => table.value)

export function startLocal(next: LocalWish): void {
  table.value.leave()
  wish.value = next
  table.value = openTable(next.place, openLocal(next))
}

export function Home() {
  const current = table.value
  const standing = current.standing.value
  const { outcome } = standing.shown
  return (
    <main class="page home">
      <GameStatus table={current} standing={standing} />
      <div class="stage">
        <GameBoard table={current} standing={standing} />
      </div>
      <div class="under">
        {(outcome !== null || wish.value.place === 'screen') && (
          <button type="button" class="button" onClick={() => startLocal(wish.value)}>
            {text('playAgain')}
          </button>
        )}
      </div>
      <nav class="ways">
        <button type="button" class="button primary" onClick={() => playSomeone(presets.tictactoe)}>
          {text('playSomeone')}
        </button>
        <button type="button" class="button" onClick={() => create({ seat: 'any' })}>
          {text('inviteFriend')}
        </button>
        <Link to={{ page: 'lobby' }} class="button">
          {text('openGames')}
        </Link>
        <button type="button" class="button" onClick={() => (ui.dialog.value = { name: 'new-game' })}>
          {text('newGame')}
        </button>
      </nav>
    </main>
  )
}
