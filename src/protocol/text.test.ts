import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseText, type TextCommand, textHelp } from './text.ts'

const understood: readonly (readonly [string, TextCommand])[] = [
  ['X 1 1', { verb: 'move', move: { player: 'X', x: 1, y: 1 } }],
  ['x 1 2', { verb: 'move', move: { player: 'X', x: 1, y: 2 } }],
  ['o,0,2', { verb: 'move', move: { player: 'O', x: 0, y: 2 } }],
  [' O  0 ,  2\r', { verb: 'move', move: { player: 'O', x: 0, y: 2 } }],
  ['1 1', { verb: 'move', move: { x: 1, y: 1 } }],
  ['14,3', { verb: 'move', move: { x: 14, y: 3 } }],
  ['1 1 o', { verb: 'move', move: { x: 1, y: 1, mark: 'O' } }],
  ['X 1 1 O', { verb: 'move', move: { player: 'X', x: 1, y: 1, mark: 'O' } }],
  ['X\t9999\t0', { verb: 'move', move: { player: 'X', x: 9999, y: 0 } }],
  ['board', { verb: 'board' }],
  ['BOARD', { verb: 'board' }],
  ['Main', { verb: 'main' }],
  ['new', { verb: 'new' }],
  ['NEW Gomoku', { verb: 'new', rules: 'Gomoku' }],
  ['new 7,6,4+gravity', { verb: 'new', rules: '7,6,4+gravity' }],
  ['new 7 6 4+gravity', { verb: 'new', rules: '7,6,4+gravity' }],
  ['create', { verb: 'create' }],
  ['create wild', { verb: 'create', rules: 'wild' }],
  ['play connect-four', { verb: 'play', rules: 'connect-four' }],
  ['bot', { verb: 'bot', level: 'casual' }],
  ['bot PERFECT', { verb: 'bot', level: 'perfect' }],
  ['bot random 4,4,4', { verb: 'bot', level: 'random', rules: '4,4,4' }],
  ['bot misere', { verb: 'bot', level: 'casual', rules: 'misere' }],
  ['join aB-_9', { verb: 'join', game: 'aB-_9' }],
  ['JOIN aB o', { verb: 'join', game: 'aB', player: 'O' }],
  ['watch', { verb: 'watch' }],
  ['watch main', { verb: 'watch', game: 'main' }],
  ['unwatch', { verb: 'unwatch' }],
  ['games', { verb: 'games' }],
  ['name Quiet  Otter, the 2nd', { verb: 'name', name: 'Quiet  Otter, the 2nd' }],
  ['name name', { verb: 'name', name: 'name' }],
  ['token', { verb: 'token' }],
  ['as eyJ.a_b-c.D', { verb: 'as', token: 'eyJ.a_b-c.D' }],
  ['resign', { verb: 'resign' }],
  ['draw', { verb: 'offer', what: 'draw' }],
  ['takeback', { verb: 'offer', what: 'takeback' }],
  ['rematch', { verb: 'offer', what: 'rematch' }],
  ['accept', { verb: 'answer', accept: true }],
  ['decline', { verb: 'answer', accept: false }],
  ['help', { verb: 'help' }],
  ['quit', { verb: 'quit' }],
]

test('[T1] [T2] a line is a command: case-insensitive, with words separated by spaces or commas', () => {
  for (const [line, command] of understood) assert.deepEqual(parseText(line), command, line)
})

const refused: readonly (readonly [string, RegExp])[] = [
  ['X', /^a move is /],
  ['X 1', /^a move is /],
  ['X 1 1 1', /^a move is /],
  ['X -1 0', /^a move is /],
  ['X 1.5 0', /^a move is /],
  ['X 12345 0', /^a move is /],
  ['X 0x1 1', /^a move is /],
  ['X one one', /^a move is /],
  ['X 1 1 Z', /^a move is /],
  ['7', /^a move is /],
  ['-1 0', /^a move is /],
  ['Z 1 1', /^there is no command "Z"; help/],
  ['board now', /^say board$/],
  ['join', /^say join GAME \[X\|O\]$/],
  ['join a/b', /^say join GAME/],
  ['join main Z', /^say join GAME/],
  ['join main X now', /^say join GAME/],
  [`join ${'a'.repeat(65)}`, /^say join GAME/],
  ['watch a b', /^say watch \[GAME\]$/],
  ['name', /^say name NAME$/],
  ['as', /^say as TOKEN$/],
  ['as two words', /^say as TOKEN$/],
  ['accept it', /^say accept$/],
  ['bot hard', /^there is no bot "hard"; bots are random, casual, perfect, and then RULES as in help$/],
  ['bot chess perfect', /^there is no bot "chess"; /],
  ['bot \u001b[2J', /^there is no bot "\\u001b\[2J"; /],
  ['constructor', /^there is no command "constructor"/],
  ['__proto__', /^there is no command "__proto__"/],
  ['', /^there is no command ""/],
  ['hello\u001b[2J', /^there is no command "hello\\u001b\[2J"/],
  ['z'.repeat(8000), /^there is no command "z{20}"/],
]

test('[T3] a line that is not a command is refused with a sentence that says what would be one', () => {
  for (const [line, sentence] of refused) {
    const answer = parseText(line)
    assert.ok('problem' in answer, line)
    assert.match(answer.problem, sentence)
  }
})

test('[T1] every command that help lists is accepted, in its shortest form or as an example', () => {
  const examples: Record<string, string> = {
    '[PLAYER]': '1 1',
    join: 'join main',
    name: 'name Ann',
    as: 'as a.b.c',
    RULES: 'new 5,5,4',
    say: 'say hello',
    SAYING: 'say heart',
  }
  assert.match(
    textHelp.at(-1) ?? '',
    /such as 5,5,4 or 7,6,4\+gravity \(\+gravity, \+misere, \+wild, \+shared, \+exact\)$/,
  )
  for (const line of textHelp) {
    const [verb = ''] = line.split(' ')
    assert.ok('verb' in parseText(examples[verb] ?? verb), line)
  }
})

test('[T3] any text at all is a command or a problem', () => {
  const word = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('x', 'O', '1', 'join', 'new', ',', ' ', '\0'))
  fc.assert(
    fc.property(fc.array(word), (words) => {
      const answer = parseText(words.join(' '))
      assert.ok('verb' in answer || answer.problem.length > 0)
    }),
    { seed: 1952, numRuns: 2_000 },
  )
})

test('[T13] a match is asked for at the end of the line', () => {
  assert.deepEqual(parseText('create best of 3'), { verb: 'create', match: 3 })
  assert.deepEqual(parseText('PLAY 5,5,4 Best Of 7'), { verb: 'play', rules: '5,5,4', match: 7 })
  assert.deepEqual(parseText('bot best of 5'), { verb: 'bot', level: 'casual', match: 5 })
  assert.deepEqual(parseText('bot perfect gomoku best of 3'), {
    verb: 'bot',
    level: 'perfect',
    rules: 'gomoku',
    match: 3,
  })
  // Other lengths, and a board that is cleared, are refused as rules.
  assert.deepEqual(parseText('create best of 4'), { verb: 'create', rules: 'best,of,4' })
  assert.deepEqual(parseText('new best of 3'), { verb: 'new', rules: 'best,of,3' })
})
