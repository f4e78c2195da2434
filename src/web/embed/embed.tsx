/** The page for frames of other sites: one game as it is played, without controls. It stores nothing and has no account. */
import { signal } from '@preact/signals'
import { render } from 'preact'
import { connect, OxoError } from '../../client/index.ts'
import { gameIdPattern } from '../../protocol/game-id.ts'
import { Picture } from '../board/picture.tsx'
import { Strike } from '../board/strike.tsx'
import { loadMore, speak } from '../language/text.ts'
import { text } from '../language/more.ts'
import { openTable, type PageGame } from '../state/page-game.ts'
import { nameOf, refusal, titleOfRules, turnLine } from '../words.ts'

const table = signal<PageGame | null>(null)
const failed = signal<OxoError | null>(null)

function Embedded() {
  if (table.value === null) {
    return (
      <main class="embedded">
        <h1>{failed.value === null ? text('loading') : refusal(failed.value)}</h1>
      </main>
    )
  }
  const standing = table.value.standing.value
  const { shown, lastMove } = standing
  const line = shown.outcome?.line
  const [a, b] = [nameOf(table.value, standing, 'X'), nameOf(table.value, standing, 'O')]
  return (
    <main class="embedded">
      <h1>
        <a href={`/games/${shown.game}`} target="_blank" rel="noopener">
          {titleOfRules(shown.rules)}: {text('versus', { a, b })}
        </a>
      </h1>
      <div class="drawing">
        <Picture rules={shown.rules} board={shown.board} last={lastMove} />
        {line !== undefined && <Strike rules={shown.rules} board={shown.board} line={line} />}
      </div>
      <p role="status">{turnLine(table.value, standing)}</p>
    </main>
  )
}

async function watch(): Promise<void> {
  const [, game = ''] = new RegExp(`^/embed/games/(${gameIdPattern})/?$`).exec(location.pathname) ?? []
  try {
    table.value = openTable('server', await connect(location.origin, { giveUpMs: Infinity }).game(game))
  } catch (error) {
    if (!(error instanceof OxoError)) throw error
    failed.value = error
  }
}

const root = document.getElementById('app')
const show = (): void => {
  if (root !== null) render(<Embedded />, root)
}
// The texts are shown in English if those of the visitor's language do not load.
Promise.all([speak(null), loadMore()]).then(show, show)
void watch()
