/** `oxo games`: lists the lobby and the user's own games. */
import type { GameSummary } from '../../client/index.ts'
import { makeRules } from '../../game/index.ts'
import { makeLink, parseServer, serverDefault } from '../address.ts'
import { padCells } from '../cells.ts'
import { command } from '../invocation.ts'
import { makeCellText } from '../cell-text.ts'
import { withAccount } from '../with-client.ts'

/** The most own games in the text output; JSON contains all of them. */
const ownRowsMax = 10

export interface GamesOptions {
  readonly json?: boolean
  /** The account's name: each name has its own account. */
  readonly name?: string
}

/** @throws Stop */
export function games(url: string, { json = false, name }: GamesOptions): Promise<void> {
  const { server } = parseServer(url)
  return withAccount(server, { name, isLooking: true }, async (client) => {
    const { games: lobby } = await client.call('lobby.list')
    const own: GameSummary[] = []
    for await (const game of client.games()) own.push(game)
    if (json) console.log(JSON.stringify({ lobby, own }))
    else console.log(makeListing(server, lobby, own))
  })
}

export function makeListing(server: string, lobby: readonly GameSummary[], own: readonly GameSummary[]): string {
  const at = server === serverDefault ? '' : ` ${server}`
  const part = (title: string, rows: readonly GameSummary[], none: string): readonly string[] =>
    rows.length === 0 ? [none] : [title, ...rows.map((row) => `  ${makeRow(server, row)}`)]
  return [
    ...part('In the lobby', lobby, `Nobody waits for an opponent: \`${command} play --anyone${at}\` does.`),
    '',
    ...part('Your games', own.slice(0, ownRowsMax), `You have no games here yet: \`${command} play${at}\` begins one.`),
    ...(own.length > ownRowsMax
      ? [`  and ${own.length - ownRowsMax} more: \`${command} games --json${at}\` lists all`]
      : []),
  ].join('\n')
}

function makeRow(server: string, { game, rules, status, players, outcome }: GameSummary): string {
  const names = `${players.X?.name ?? '?'} – ${players.O?.name ?? '?'}`
  const how =
    outcome === null
      ? status
      : outcome.by === 'withdrawal'
        ? 'withdrawn'
        : outcome.winner === null
          ? 'draw'
          : `${outcome.winner} won`
  return makeCellText(
    `${how.padEnd(5)}  ${makeRules(rules).padEnd(12)}  ${padCells(names, 28)}  ${makeLink({ server }, game)}`,
  )
}
