import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { isWithoutTerminals } from '../../../e2e/lib/left-out.ts'
import { makeFarewell } from './play.ts'
import { type Client, connect, type GameHandle, type GameView } from '../../client/node/index.ts'
import { openServer } from '../../server/open.ts'
import { openScratch, type Scratch } from '../../server/testing/scratch.ts'
import { Terminal } from '../testing/terminal.ts'

/** In ms; a game takes three seconds. */
const timeout = 60_000

/** Opens another client with the account that a terminal stored in this folder. */
function connectAs(scratch: Scratch, url: string): Client {
  const file = readdirSync(scratch.path('oxo')).find((name) => name.endsWith('.token')) ?? ''
  return connect(url, { token: readFileSync(scratch.path(`oxo/${file}`), 'utf8').trim() })
}

/** The only game of the account, once it has a seat. */
async function onlyGame(client: Client): Promise<GameHandle> {
  const [game] = await Array.fromAsync(client.games())
  assert.ok(game !== undefined)
  return client.game(game.game)
}

function freePlace({ board, rules }: GameView): string {
  const cell = board.indexOf('.')
  return `${cell % rules.width} ${Math.floor(cell / rules.width)}`
}

test('a whole game against a bot in a terminal, and the return to an unfinished one', { timeout }, async (t) => {
  if (isWithoutTerminals(t)) return
  using scratch = openScratch()
  await using server = await openServer({ port: 0, journal: 'memory' })
  const env = { XDG_CONFIG_HOME: scratch.folder }
  {
    using terminal = new Terminal(['play', server.url, '--bot', 'random', '--name', 'Ada'], env, t.signal)
    await terminal.until(/Your move\./)
    terminal.type('1 1\r')
    await terminal.until(/Last: O at/)
    terminal.type('q')
    await terminal.until(/Continue the game: oxo play http/)
    assert.equal(await terminal.ended(), 0)
  }
  using client = connectAs(scratch, server.url)
  const handle = await onlyGame(client)
  assert.equal(handle.view.version, 3)

  using terminal = new Terminal(['play', server.url, '--name', 'Ada'], env, t.signal)
  await terminal.until(/You have games that are not over/)
  terminal.type('\r')
  for (let view = handle.view; view.outcome === null;) {
    // The player moves when the bot's move is on the screen.
    await terminal.until(new RegExp(`Last: O at ${view.last?.x},${view.last?.y}`))
    terminal.type(`${freePlace(view)}\r`)
    const { version } = view
    view = await handle.until((next) => next.version >= version + 2 || next.outcome !== null)
  }
  await terminal.until(/You won|You lost|A draw/)
  terminal.type('q')
  await terminal.until(/(?:You won|You lost|A draw)[^]*oxo record http/)
  assert.equal(await terminal.ended(), 0)
})

test('two players at one keyboard play without a server, with arrow keys', { timeout }, async (t) => {
  if (isWithoutTerminals(t)) return
  using scratch = openScratch()
  const env = { XDG_CONFIG_HOME: scratch.folder }
  using terminal = new Terminal(['play', '--hot-seat', '--clock', '5+3'], env, t.signal)
  const [up, down, right, left] = ['\u001B[A', '\u001B[B', '\u001B[C', '\u001B[D']
  // The cursor starts in the middle: X takes the middle column.
  const moves = [
    [['\r'], /Last: X at 1,1/],
    [[left, '\r'], /Last: O at 0,1/],
    [[right, up, '\r'], /Last: X at 1,0/],
    [[left, '\r'], /Last: O at 0,0/],
    [[right, down, down, '\r'], /X won/],
  ] as const
  await terminal.until(/[45]:\d\d {2}first[^]*5:00 {2}second[^]*X to move/)
  for (const [keys, shown] of moves) {
    for (const key of keys) terminal.type(key)
    await terminal.until(shown)
  }
  terminal.type('q')
  assert.equal(await terminal.ended(), 0)
})

test('a pasted text is a place or ignored: it presses no other key', { timeout }, async (t) => {
  if (isWithoutTerminals(t)) return
  using scratch = openScratch()
  using terminal = new Terminal(['play', '--hot-seat'], { XDG_CONFIG_HOME: scratch.folder }, t.signal)
  const paste = (text: string): void => terminal.type(`\u001B[200~${text}\u001B[201~`)
  await terminal.until(/X to move/)
  // The text contains the keys to resign, to confirm, and to quit.
  paste('http://localhost:1952/games/main every day\rq')
  terminal.type('1 1\r')
  assert.doesNotMatch(await terminal.until(/Last: X at 1,1|won/), /won/)
  paste('0 2\r')
  terminal.type('\r')
  await terminal.until(/Last: O at 0,2/)
  terminal.type('q')
  assert.equal(await terminal.ended(), 0)
})

test('a terminal that cannot move its cursor is refused with an explanation', { timeout }, async (t) => {
  if (isWithoutTerminals(t)) return
  using scratch = openScratch()
  const env = { XDG_CONFIG_HOME: scratch.folder, TERM: 'dumb' }
  using terminal = new Terminal(['play', '--hot-seat'], env, t.signal)
  await terminal.until(/cannot run with TERM=dumb; use nc instead/)
  assert.equal(await terminal.ended(), 2)
})

test('two players with --anyone meet in the lobby', { timeout }, async (t) => {
  if (isWithoutTerminals(t)) return
  using scratch = openScratch()
  await using server = await openServer({ port: 0, journal: 'memory' })
  const env = { XDG_CONFIG_HOME: scratch.folder }
  const args = ['play', server.url, '--anyone', '--rules', 'misere']
  using first = new Terminal(args, env, t.signal)
  await first.until(/The next player with --anyone joins|Waiting for an opponent/)
  using second = new Terminal(args, env, t.signal)
  await Promise.all([first.until(/Oxo {2}misere[^]*to move\.|Your move\./), second.until(/to move\.|Your move\./)])
})

test('two friends meet through the link on the screen of one of them', { timeout }, async (t) => {
  if (isWithoutTerminals(t)) return
  using scratch = openScratch()
  await using server = await openServer({ port: 0, journal: 'memory' })
  const env = { XDG_CONFIG_HOME: scratch.folder }
  using first = new Terminal(['play', server.url], env, t.signal)
  const invitation = await first.until(/oxo play http:\S+\/games\/[\w-]{22}/)
  const link = /oxo play (http:\S+\/games\/[\w-]{22})/.exec(invitation)?.[1] ?? ''
  // The second terminal has another account, although it belongs to the same person.
  using second = new Terminal(['play', link], env, t.signal)
  await Promise.all([first.until(/Your move\./), second.until(/is to move\./)])
  first.type(' ')
  await second.until(/Last: X at 1,1/)
  second.type('q')
  await first.until(/away/)
})

test('a terminal shows colours unless NO_COLOR is set', { timeout }, async (t) => {
  if (isWithoutTerminals(t)) return
  using scratch = openScratch()
  const env = { XDG_CONFIG_HOME: scratch.folder, TERM: 'xterm-256color' }
  using plain = new Terminal(['play', '--hot-seat'], { ...env, NO_COLOR: '1' }, t.signal)
  using colored = new Terminal(['play', '--hot-seat'], { ...env, NO_COLOR: '' }, t.signal)
  await Promise.all([plain.until(/q quit/), colored.until(/q quit/)])
  assert.deepEqual([plain.hasColors, colored.hasColors], [false, true])
})

test('a terminal whose locale or type has only ASCII gets only ASCII', { timeout }, async (t) => {
  if (isWithoutTerminals(t)) return
  using scratch = openScratch()
  for (const env of [{ LC_ALL: 'C' }, { TERM: 'vt100' }, { LC_ALL: '', LANG: 'en_US.ISO-8859-1' }]) {
    using terminal = new Terminal(['play', '--hot-seat'], { XDG_CONFIG_HOME: scratch.folder, ...env }, t.signal)
    const first = await terminal.until(/X to move[^]*quit/)
    assert.match(first, /\+-+\+-+\+-+\+/)
    terminal.type('1 1\r')
    assert.doesNotMatch(first + (await terminal.until(/Last: X at 1,1[^]*quit/)), /[^\0-\x7f]/)
    terminal.type('q')
    assert.equal(await terminal.ended(), 0)
  }
})

test('the command to return to a game includes the player’s name, quoted for a shell', () => {
  const view = { game: 'g', outcome: null } as Parameters<typeof makeFarewell>[0]['view']
  const back = (name?: string): string => makeFarewell({ view, mine: ['X'] }, 'http://a:1', name)
  assert.equal(back(), 'Continue the game: oxo play http://a:1/games/g')
  assert.equal(back('Ann'), 'Continue the game: oxo play http://a:1/games/g --name Ann')
  assert.equal(back("Ann O'Hara"), String.raw`Continue the game: oxo play http://a:1/games/g --name 'Ann O'\''Hara'`)
})
