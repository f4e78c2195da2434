/** `oxo play`: a game in the terminal. */
import { systemClock } from '../../base/index.ts'
import type { Client, GameHandle, GameSummary } from '../../client/index.ts'
import {
  type Level,
  makeRules,
  type MatchLength,
  matchLengths,
  type Player,
  type TimeControl,
} from '../../game/index.ts'
import { isGameId, makeLink, parseGame, parseServer, serverDefault } from '../address.ts'
import { cutCells } from '../cells.ts'
import { parseClock, parseRulesFlag } from '../game-flags.ts'
import { command } from '../invocation.ts'
import { Stop } from '../../server/stop.ts'
import { whySilent, withAccount } from '../with-client.ts'
import { TerminalControls } from './controls.ts'
import { HotSeatTable } from './hot-seat-table.ts'
import { Menu } from './menu.ts'
import { RemoteTable } from './remote-table.ts'
import { Screen } from './screen.ts'
import type { TerminalView } from './terminal-view.ts'
import { makeOutcome } from './status.ts'
import type { TerminalGame } from './terminal-game.ts'

/** The most games in the menu: as many as fit on a small screen. */
const menuGamesMax = 15

export interface PlayOptions {
  /** Id or link of a game to join. */
  readonly game?: string
  readonly anyone?: boolean
  readonly bot?: Level
  readonly hotSeat?: boolean
  readonly rules?: string
  readonly seat?: Player | 'any'
  readonly clock?: string
  /** One of the lengths of a match, as text. */
  readonly match?: string
  readonly name?: string
}

/** Resolves when the terminal is restored. @throws Stop */
export async function play(url: string, options: PlayOptions): Promise<void> {
  const rules = parseRulesFlag(options.rules ?? 'tictactoe')
  const control = options.clock === undefined ? undefined : parseClock(options.clock)
  if (!process.stdout.isTTY || !process.stdin.isTTY)
    throw new Stop(
      'usage',
      `\`oxo play\` needs a terminal; scripts play with \`${command} bot ${url}\`, or through nc.`,
    )
  if (process.env['TERM'] === 'dumb') throw new Stop('usage', '`oxo play` cannot run with TERM=dumb; use nc instead.')
  if (options.hotSeat === true)
    return playHotSeat(new HotSeatTable({ rules, control, ...matchOf(options.match), clock: systemClock }))
  const address = findPlace(url, options.game)
  await playRemote(address, options, control)
}

async function playHotSeat(table: HotSeatTable): Promise<void> {
  await sit(table)
  console.log(makeOutcome(table))
}

/** An argument that is not an address is a game's id, as for `oxo watch`. @throws Stop */
function findPlace(url: string, game: string | undefined): Place {
  if (game !== undefined) return parseGame(game, url)
  return isGameId(url) ? parseGame(url, process.env['OXO_URL'] ?? serverDefault) : parseServer(url)
}

interface Place {
  readonly server: string
  readonly game: string | null
}

async function playRemote({ server, game }: Place, options: PlayOptions, control?: TimeControl): Promise<void> {
  await withAccount(server, { name: options.name, giveUpMs: Infinity, waits: true }, async (client) => {
    const isWish = game !== null || options.anyone === true || options.bot !== undefined
    const opened = isWish ? null : await resume(client)
    if (opened === 'quit') return
    const handle = opened ?? (await open(client, game, options, control))
    const table = new RemoteTable(client, server, handle)
    await sit(table)
    if (client.state.state === 'closed' && table.view.outcome === null) throw whySilent(client)
    console.log(makeFarewell(table, server, options.name))
  })
}

/** The game that the flags name. */
function open(
  client: Client,
  game: string | null,
  { anyone, bot, rules, match, seat }: PlayOptions,
  control: TimeControl | undefined,
): Promise<GameHandle> {
  if (game !== null) return enter(client, game, seat)
  const wish = {
    ...(rules === undefined ? {} : { rules }),
    ...(control === undefined ? {} : { clock: control }),
    ...matchOf(match),
  }
  if (anyone === true) return client.play(wish)
  const opponent = bot === undefined ? {} : { opponent: { bot } }
  return client.create({ ...wish, ...opponent, ...(seat === undefined ? {} : { seat }) })
}

function matchOf(games: string | undefined): { match?: MatchLength } {
  const match = matchLengths.find((length) => `${length}` === games)
  return match === undefined ? {} : { match }
}

/** Takes a free seat; otherwise continues on the player's own seat, or watches. */
async function enter(client: Client, game: string, seat: PlayOptions['seat']): Promise<GameHandle> {
  const handle = await client.game(game)
  const { seats, players, outcome } = handle.view
  const isFree = seats === 'invite' && outcome === null && (players.X === null || players.O === null)
  if (!isFree || handle.myPlayer !== null) return handle
  await handle.join(seat === 'any' ? undefined : seat)
  return handle
}

/** Lets the user choose one of their unfinished games. Null if there are none, or the user wants a new game. */
async function resume(client: Client): Promise<GameHandle | null | 'quit'> {
  const games: GameSummary[] = []
  for await (const game of client.games()) if (game.status !== 'over') games.push(game)
  if (games.length === 0) return null
  // Newest first. `oxo games` lists the games that do not fit.
  const shown = games.slice(0, menuGamesMax)
  const more = games.length - shown.length
  const title = `You have games that are not over${more === 0 ? '' : `; \`${command} games\` lists ${more} more`}.`
  const menu = new Menu(title, ['Begin a new game', ...shown.map(makeItem)], 1)
  const screen = openScreen(menu)
  const chosen = await Promise.race([menu.chosen, screen.ended.then(() => null)])
  await screen.close()
  if (chosen === null) return 'quit'
  const game = games[chosen - 1]
  return game === undefined ? null : client.game(game.game)
}

/** The widest name in the list, in columns. */
const nameCellsMax = 24

function makeItem({ players, rules, status, at }: GameSummary): string {
  // Long names are cut, so that the rest of the line stays visible.
  const names = [players.X, players.O].map((each) => cutCells(each?.name ?? 'nobody yet', nameCellsMax)).join(' – ')
  const how = status === 'open' ? 'waiting' : ''
  return [names, makeRules(rules), how, makeAge(systemClock.wall() - at)].filter((part) => part !== '').join(', ')
}

function makeAge(ms: number): string {
  const hours = Math.floor(ms / 3_600_000)
  return hours < 1 ? 'just now' : hours < 48 ? `${hours} h ago` : `${Math.floor(hours / 24)} days ago`
}

/** Shows the game until the player quits. */
async function sit(table: TerminalGame): Promise<void> {
  const controls = new TerminalControls(table)
  const screen = openScreen(controls)
  await Promise.race([controls.left, screen.ended])
  table.close()
  await screen.close()
}

function openScreen(stage: TerminalView): Screen {
  return new Screen(stage, (process.env['NO_COLOR'] ?? '') === '')
}

/** The last line, with the command to return. It includes `--name`, because each name has its own account. */
export function makeFarewell(
  { view, mine }: Pick<TerminalGame, 'view' | 'mine'>,
  server: string,
  name: string | undefined,
): string {
  const as = name === undefined ? '' : ` --name ${makeArgument(name)}`
  const link = makeLink({ server }, view.game)
  if (view.outcome !== null) return `${makeOutcome({ view, mine })} The game: ${command} record ${link}`
  return mine.length === 0
    ? `Keep watching: ${command} watch ${link}`
    : `Continue the game: ${command} play ${link}${as}`
}

/** Quotes a text as one word of a shell. */
function makeArgument(text: string): string {
  return /^[\w.-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
