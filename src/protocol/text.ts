/** The grammar of the text protocol: one line is one command. The table below is both the parser and the help. */
import {
  type Level,
  levels,
  type Mark,
  type MatchLength,
  matchLengths,
  type OfferKind,
  type Player,
  presets,
} from '../game/index.ts'
import { gameIdPattern } from './game-id.ts'
import { type Saying, sayings } from './sayings.ts'

export interface TextMove {
  readonly x: number
  readonly y: number
  readonly player?: Player
  readonly mark?: Mark
}

type PlainVerb = 'board' | 'main' | 'unwatch' | 'games' | 'resign' | 'token' | 'help' | 'quit'

export type TextCommand =
  | { readonly verb: 'move'; readonly move: TextMove }
  | { readonly verb: PlainVerb }
  | { readonly verb: 'new'; readonly rules?: string }
  | { readonly verb: 'create' | 'play'; readonly rules?: string; readonly match?: MatchLength }
  | { readonly verb: 'bot'; readonly level: Level; readonly rules?: string; readonly match?: MatchLength }
  | { readonly verb: 'join'; readonly game: string; readonly player?: Player }
  | { readonly verb: 'watch'; readonly game?: string }
  | { readonly verb: 'name'; readonly name: string }
  | { readonly verb: 'as'; readonly token: string }
  | { readonly verb: 'offer'; readonly what: OfferKind }
  | { readonly verb: 'say'; readonly what: Saying }
  | { readonly verb: 'answer'; readonly accept: boolean }

/** The line is not a command; `problem` is one sentence that says what would be. */
export interface TextProblem {
  readonly problem: string
}

interface Row {
  readonly usage: string
  readonly about: string
  /** `words` is the text after the verb, split; `rest` is the same text as typed. Null: it does not match `usage`. */
  readonly parse: (words: readonly string[], rest: string) => TextCommand | TextProblem | null
}

const move = /^(?:([xo])[\s,]+)?(\d{1,4})[\s,]+(\d{1,4})(?:[\s,]+([xo]))?$/i
const moveUsage = '[PLAYER] X Y [MARK]'
const gameId = new RegExp(`^${gameIdPattern}$`)

const table: ReadonlyMap<string, Row> = new Map<string, Row>([
  ['board', plain('board', 'show the board')],
  ['main', plain('main', 'go back to the board that is open to everybody')],
  [
    'new',
    {
      usage: 'new [RULES]',
      about: 'clear an open board for a new game',
      parse: (words) => ({ verb: 'new', ...makeRules(words) }),
    },
  ],
  ['create', withGame('create', 'open a game of your own, for a friend to join')],
  ['play', withGame('play', 'play against a waiting player, or wait for one')],
  ['bot', { usage: 'bot [LEVEL] [RULES]', about: `play the server: ${levels.join(', ')}`, parse: parseBot }],
  ['join', { usage: 'join GAME [X|O]', about: 'take a seat', parse: parseJoin }],
  [
    'watch',
    { usage: 'watch [GAME]', about: 'show every change of the game, on lines that start with *', parse: parseWatch },
  ],
  ['unwatch', plain('unwatch', 'stop showing changes')],
  ['games', plain('games', 'list the games that wait for an opponent or are played in public')],
  ['resign', plain('resign', 'give the game to the opponent, or withdraw one that nobody has joined')],
  ['draw', offer('draw', 'offer a draw')],
  ['takeback', offer('takeback', 'ask to take your last move back')],
  ['rematch', offer('rematch', 'offer another game')],
  ['accept', answer('accept', true, 'say yes to the offer')],
  ['decline', answer('decline', false, 'say no to the offer, or withdraw your own')],
  ['say', { usage: 'say SAYING', about: 'say it to the opponent, if that is a person', parse: parseSay }],
  ['name', { usage: 'name NAME', about: 'change how others see you', parse: parseName }],
  ['token', plain('token', 'show the secret that proves who you are')],
  ['as', { usage: 'as TOKEN', about: 'use the account of the token', parse: parseAs }],
  ['help', plain('help', 'show this')],
  ['quit', plain('quit', 'say goodbye')],
])

const options = ['gravity', 'misere', 'wild', 'shared', 'exact'].map((name) => `+${name}`).join(', ')

/** The answer to `help`: one line per command, and the values of its words. */
export const textHelp: readonly string[] = [
  { usage: moveUsage, about: 'place a mark: X 1 2 is column 1 from the left, row 2 from the top, both from 0' },
  ...table.values(),
  { usage: 'SAYING', about: sayings.join(', ') },
  { usage: 'RULES best of N', about: `a match of at most ${matchLengths.join(', ')} games: create, play or bot` },
  {
    usage: 'RULES',
    about: `${Object.keys(presets).join(', ')}, or WIDTH,HEIGHT,LINE such as 5,5,4 or 7,6,4+gravity (${options})`,
  },
].map(({ usage, about }) => `${usage.padEnd(20)} ${about}`)

/** Verbs, players and marks are case-insensitive; spaces or commas separate words. Ids, names and tokens stay as typed. */
export function parseText(line: string): TextCommand | TextProblem {
  const text = line.trim()
  const place = move.exec(text)
  if (place !== null) return { verb: 'move', move: makeMove(place) }
  const [verb = '', ...words] = split(text)
  const row = table.get(verb.toLowerCase())
  if (row !== undefined)
    return row.parse(words, text.slice(text.indexOf(verb) + verb.length).trim()) ?? { problem: `say ${row.usage}` }
  if (/^(?:[xo]|[+-]?\d+)$/i.test(verb))
    return { problem: `a move is ${moveUsage}, with whole numbers from 0, such as X 1 2` }
  if (/^[[{]/.test(text))
    return { problem: 'this connection began with text and stays with it; JSON begins on a connection of its own' }
  return { problem: `there is no command ${quote(verb)}; help lists them` }
}

function quote(word: string): string {
  return JSON.stringify(word.slice(0, 20))
}

function split(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '')
}

function makeMove([, player, x, y, mark]: RegExpExecArray): TextMove {
  return {
    x: Number(x),
    y: Number(y),
    ...(player !== undefined && { player: isO(player) ? 'O' : 'X' }),
    ...(mark !== undefined && { mark: isO(mark) ? 'O' : 'X' }),
  }
}

function isO(letter: string): boolean {
  return letter.toUpperCase() === 'O'
}

function plain(verb: PlainVerb, about: string): Row {
  return { usage: verb, about, parse: (words) => (words.length === 0 ? { verb } : null) }
}

function withGame(verb: 'create' | 'play', about: string): Row {
  return { usage: `${verb} [RULES]`, about, parse: (words) => ({ verb, ...makeGame(words) }) }
}

function offer(what: OfferKind, about: string): Row {
  return { usage: what, about, parse: (words) => (words.length === 0 ? { verb: 'offer', what } : null) }
}

function answer(verb: string, accept: boolean, about: string): Row {
  return { usage: verb, about, parse: (words) => (words.length === 0 ? { verb: 'answer', accept } : null) }
}

/** The short form of rules has commas, at which the line was split. */
function makeRules(words: readonly string[]): { rules?: string } {
  return words.length === 0 ? {} : { rules: words.join(',') }
}

/** Rules, and after them perhaps `best of 3`. */
function makeGame(words: readonly string[]): { rules?: string; match?: MatchLength } {
  const [best, of, most] = words.slice(-3)
  const match = matchLengths.find((length) => `${length}` === most)
  const isMatch = `${best} ${of}`.toLowerCase() === 'best of'
  return match !== undefined && isMatch ? { ...makeRules(words.slice(0, -3)), match } : makeRules(words)
}

function parseBot(words: readonly string[]): TextCommand | TextProblem {
  const [first = ''] = words
  const level = levels.find((name) => name === first.toLowerCase())
  if (
    level === undefined &&
    first !== '' &&
    !Object.hasOwn(presets, first.toLowerCase()) &&
    !/^(?:\d|best$)/i.test(first)
  )
    return { problem: `there is no bot ${quote(first)}; bots are ${levels.join(', ')}, and then RULES as in help` }
  return { verb: 'bot', level: level ?? 'casual', ...makeGame(level === undefined ? words : words.slice(1)) }
}

function parseJoin([game = '', player, ...more]: readonly string[]): TextCommand | null {
  if (!gameId.test(game) || more.length > 0) return null
  if (player === undefined) return { verb: 'join', game }
  return /^[xo]$/i.test(player) ? { verb: 'join', game, player: isO(player) ? 'O' : 'X' } : null
}

function parseWatch([game, ...more]: readonly string[]): TextCommand | null {
  if (game === undefined) return { verb: 'watch' }
  return gameId.test(game) && more.length === 0 ? { verb: 'watch', game } : null
}

function parseSay([word = '', ...more]: readonly string[]): TextCommand | TextProblem | null {
  const what = sayings.find((name) => name === word.toLowerCase())
  if (what !== undefined) return more.length > 0 ? null : { verb: 'say', what }
  return { problem: `there is no saying ${quote(word)}; sayings are ${sayings.join(', ')}` }
}

function parseName(_: readonly string[], rest: string): TextCommand | null {
  return rest === '' ? null : { verb: 'name', name: rest }
}

function parseAs([token, ...more]: readonly string[]): TextCommand | null {
  return token === undefined || more.length > 0 ? null : { verb: 'as', token }
}
