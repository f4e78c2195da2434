/** The visitor's unfinished games, each with its board and whose turn it is. */
import { Picture } from '../board/picture.tsx'
import { opponent } from '../../game/index.ts'
import { text } from '../language/more.ts'
import { Link } from '../shell/link.tsx'
import type { PageGame } from '../state/page-game.ts'
import { nameOf, titleOfRules, turnLine } from '../words.ts'
import { ownGames } from './own-games.ts'

/** The most games on the first page; the lobby lists more. */
const shownMax = 4

export function OwnGamesList() {
  const open = ownGames.value.filter(({ standing }) => standing.value.shown.outcome === null)
  if (open.length === 0) return null
  // Those that wait for the visitor first.
  const sorted = open.toSorted((a, b) => Number(b.standing.value.isMyTurn) - Number(a.standing.value.isMyTurn))
  return (
    <section class="own" aria-labelledby="own-games">
      <h2 id="own-games">{text('yourGames')}</h2>
      <ul>
        {sorted.slice(0, shownMax).map((table) => (
          <li key={table.handle.id}>
            <OwnGame table={table} />
          </li>
        ))}
      </ul>
      <Link to={{ page: 'history' }} class="button plain">
        {text('historyTitle')}
      </Link>
    </section>
  )
}

function OwnGame({ table }: { readonly table: PageGame }) {
  const standing = table.standing.value
  const { shown, me, isMyTurn } = standing
  return (
    <Link to={{ page: 'game', game: shown.game }} class={isMyTurn ? 'own-game waiting' : 'own-game'}>
      <Picture rules={shown.rules} board={shown.board} />
      <span>
        <bdi class="who" translate={false}>
          {me === null ? '' : nameOf(table, standing, opponent(me))}
        </bdi>
        <span class="quiet">{titleOfRules(shown.rules)}</span>
      </span>
      <span class="turn-now">{turnLine(table, standing)}</span>
    </Link>
  )
}
