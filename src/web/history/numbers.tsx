/** The numbers of some games: all results, streaks, and results by opponent and by rules. */
import type { TextKey } from '../language/catalogue.ts'
import { text } from '../language/more.ts'
import { Table, type TableRow } from '../shell/table.tsx'
import { nameOfAccount, titleOfRules } from '../words.ts'
import { groupBy, type Played, results, streaksOf, tallyOf } from './figures.ts'
import { keys } from './filter.ts'

/** The most rows of a table. */
const rowsMax = 10

export function Numbers({ games }: { readonly games: readonly Played[] }) {
  if (games.length === 0) return null
  const { current, best } = streaksOf(games)
  const byOpponent = rowsOf(games, keys.opponent, ({ opponent }) => nameOfAccount(opponent))
  const byRules = rowsOf(games, keys.rules, ({ summary }) => titleOfRules(summary.rules))
  const tally = tallyOf(games)
  return (
    <>
      <p>{text('historyTally', tally)}</p>
      <p>{text('historyStreaks', { current, best })}</p>
      <div class="lists">
        <Table title={text('byOpponent')} heads={headsOf('opponent')} rows={byOpponent} />
        <Table title={text('byRules')} heads={headsOf('rules')} rows={byRules} />
      </div>
    </>
  )
}

function headsOf(first: TextKey): readonly string[] {
  return [text(first), ...results.map((result) => text(`result_${result}`))]
}

function rowsOf(
  games: readonly Played[],
  keyOf: (game: Played) => string,
  nameOf: (game: Played) => string,
): readonly TableRow[] {
  return groupBy(games, keyOf)
    .slice(0, rowsMax)
    .map((group) => {
      const tally = tallyOf(group)
      return { cells: [...group.slice(0, 1).map(nameOf), ...results.map((result) => String(tally[result]))] }
    })
}
