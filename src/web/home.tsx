/** The first page: a board that can be played at once, and buttons to find opponents. */
import { presets } from '../game/index.ts'
import { create, playSomeone } from './state/actions.ts'
import { useAnnouncer } from './game/announcer.ts'
import { GameStage } from './game/game-board.tsx'
import { MarkChoice } from './game/mark-choice.tsx'
import { GameStatus } from './game/status.tsx'
import { firstText } from './language/text.ts'
import { Situation } from './local/situation.tsx'
import { localScore, localTable, localWish, startLocalAgain } from './local/table.ts'
import { During, LocalMatch, OwnGamesList, ZoomStage } from './shell/lazy-parts.ts'
import type { PageGameState, PageGame } from './state/page-game.ts'
import { useArrival } from './shell/title.ts'
import { ui } from './state/ui.ts'
import { turnLine } from './words.ts'

export function Home() {
  const table = localTable.value
  const standing = table.standing.value
  const { rules } = standing.shown
  const { match } = localWish.value
  useAnnouncer(table)
  useArrival(turnLine(table, standing))
  return (
    <main
      class={`page game home${match ? ' match' : ''}`}
      style={{ '--columns': String(rules.width), '--rows': String(rules.height) }}
    >
      <div class="middle">
        <Situation standing={standing} />
        <GameStatus table={table} standing={standing} score={match ? <LocalMatch /> : sayScore()} />
        <GameStage table={table} standing={standing} Zoom={ZoomStage} />
        <MarkChoice table={table} />
        <div class="under">
          <Again table={table} standing={standing} />
        </div>
      </div>
      <div class="aside">
        <div class="ways">
          <button type="button" class="button primary" onClick={() => playSomeone(presets.tictactoe)}>
            {firstText('playSomeone')}
          </button>
          <button type="button" class="button" onClick={() => create({ seat: 'any' })}>
            {firstText('inviteFriend')}
          </button>
          <button type="button" class="button" onClick={() => (ui.dialog.value = { name: 'new-game' })}>
            {firstText('newGame')}
          </button>
        </div>
        {ui.isKnown.value && <OwnGamesList />}
        {!ui.isOnline.value && <p class="quiet">{firstText('offlineHere')}</p>}
      </div>
    </main>
  )
}

/** The score of the sitting; null before its first result. */
function sayScore(): string | null {
  const score = localScore()
  const wish = localWish.value
  if (score.every((count) => count === 0)) return null
  const [won, drawn, lost] = score
  const [us, them] = wish.place === 'bot' ? [firstText('you'), firstText(`bot_${wish.level}`)] : (['X', 'O'] as const)
  return firstText('score', { us, won, drawn, them, lost })
}

/** Buttons to take back a move, to get a hint, or to start again. */
function Again({ table, standing }: { readonly table: PageGame; readonly standing: PageGameState }) {
  const { board, outcome } = standing.shown
  return (
    <>
      {outcome && !localWish.value.match && (
        <button type="button" class="button primary" onClick={startLocalAgain}>
          {firstText('playAgain')}
        </button>
      )}
      {/[XO]/.test(board) && <During table={table} standing={standing} />}
    </>
  )
}
