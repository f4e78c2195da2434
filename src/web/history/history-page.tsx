/** The visitor's finished games: their numbers, and a list that can be filtered and exported. */
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { text } from '../language/more.ts'
import { language } from '../language/text.ts'
import { download } from '../shell/download.ts'
import { Link } from '../shell/link.tsx'
import { MessagePage } from '../shell/message-page.tsx'
import { useTitle } from '../shell/title.ts'
import { clientAge } from '../state/server.ts'
import { say } from '../state/ui.ts'
import { nameOfAccount, titleOfRules } from '../words.ts'
import type { Played } from './figures.ts'
import { anyGame, filter, select } from './filter.ts'
import { Filters } from './filters.tsx'
import { history, readAll, readOlder, visitHistory } from './history.ts'
import { Numbers } from './numbers.tsx'

/** How many games the list grows by. */
const stepRows = 50

export function HistoryPage() {
  useTitle(text('historyTitle'))
  const age = clientAge.value
  useEffect(() => {
    filter.value = anyGame
    return visitHistory()
  }, [age])
  const { games, next, isBehind, isCut } = history.value
  const shown = select(games, filter.value)
  if (games.length === 0 && next === undefined) return <MessagePage sentence={text('historyNone')} />
  return (
    <main class="page lobby">
      <h1>{text('historyTitle')}</h1>
      <p class="quiet">{text('historyNotHere')}</p>
      {next === null ? (
        <p class="quiet">{text('loading')}</p>
      ) : (
        <>
          <Coverage />
          <Filters games={games} />
          <Numbers games={shown} />
          <Games games={shown} />
        </>
      )}
      {isBehind && <p class="quiet">{text('historyBehind')}</p>}
      <p class="notice" role="status">
        {isCut ? text('historyCut') : '\u00a0'}
      </p>
    </main>
  )
}

/** What the numbers cover, and a button for all games if that is not all. */
function Coverage() {
  const { games, next, isReading } = history.value
  const count = games.length
  const sentence = text(next === undefined ? 'historyCovers' : 'historyCoversNewest', { count })
  const countAll = async (): Promise<void> => {
    await readAll()
    const { games: read, next: rest } = history.peek()
    if (rest === undefined) say(text('historyCovers', { count: read.length }))
  }
  return (
    <div class="buttons">
      <p>{sentence}</p>
      {next !== undefined && (
        <button type="button" class="button small" aria-disabled={isReading} onClick={() => void countAll()}>
          {text('historyAll')}
        </button>
      )}
    </div>
  )
}

function Games({ games }: { readonly games: readonly Played[] }) {
  const rows = useSignal(stepRows)
  const { next, isReading } = history.value
  const showOlder = (): void => {
    rows.value += stepRows
    if (rows.value > games.length) void readOlder()
  }
  return (
    <section aria-labelledby="history-games">
      <h2 id="history-games">
        {text('historyGames')} <span class="quiet">{games.length}</span>
      </h2>
      {games.length === 0 && <p class="quiet">{text('historyNoneFits')}</p>}
      <ul class="games">
        {games.slice(0, rows.value).map((game) => (
          <li key={game.summary.game}>
            <Row played={game} />
          </li>
        ))}
      </ul>
      <div class="buttons">
        {(games.length > rows.value || next !== undefined) && (
          <button type="button" class="button" aria-disabled={isReading} onClick={showOlder}>
            {text('historyOlder')}
          </button>
        )}
        {games.length > 0 && (
          <button
            type="button"
            class="button"
            onClick={() =>
              download(
                'oxo-games.json',
                games.map(({ summary, result }) => ({ ...summary, result })),
              )
            }
          >
            {text('historyExport')}
          </button>
        )}
      </div>
    </section>
  )
}

function Row({ played: { summary, opponent, result } }: { readonly played: Played }) {
  const { game, rules, at } = summary
  const name = nameOfAccount(opponent)
  const date = new Intl.DateTimeFormat(language.value, { dateStyle: 'medium' }).format(at)
  return (
    <>
      <div>
        <p class="who">
          <bdi translate={false}>{name}</bdi>
        </p>
        <p class="quiet">
          {text(`result_${result}`)} · {titleOfRules(rules)} · <span translate={false}>{date}</span>
        </p>
      </div>
      <Link to={{ page: 'game', game }} class="button small">
        {text('review')}
        <span class="unseen">{` · ${name} · ${date}`}</span>
      </Link>
    </>
  )
}
