import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '../../base/index.ts'
import { parseRules } from '../../game/index.ts'
import { Fault, type GameView, type MethodName, type Params, type Result } from '../../protocol/index.ts'
import { Change, type Session, SharedNotification } from '../../service/index.ts'
import { TextDialogue, type TextTransport } from './text-dialogue.ts'

function viewOf(game: string, version: number, more: Partial<GameView> = {}): GameView {
  const rules = parseRules('tictactoe')
  assert.ok(typeof rules !== 'string')
  const players = { X: null, O: null }
  return { game, version, rules, seats: 'open', board: '.........', turn: 'X', players, outcome: null, ...more }
}

type Answers = {
  readonly [Method in MethodName]?: (params: Params<Method>) => Result<Method> | Promise<Result<Method>>
}

/** A dialogue with a table of answers as its service. Returns what the dialogue requested and sent. */
function startDialogue(answers: Answers, linesWaitingMax = 8) {
  const asked: unknown[] = []
  const sent: string[] = []
  const closed: number[] = []
  const charged: string[] = []
  const ended: string[] = []
  const clock = new VirtualClock()
  const session: Session = {
    async call(method, params) {
      asked.push([method, params])
      const answer = answers[method]
      if (answer === undefined) throw new Fault('internal', `the test has no answer to ${method}`)
      return await answer(params)
    },
    hear: () => assert.fail('text is no JSON-RPC'),
    charge: () => void charged.push('charged'),
    finish: () => Promise.resolve(),
    end: () => void ended.push('ended'),
  }
  const transport: TextTransport = {
    address: '192.0.2.1',
    send: (message) => void sent.push(`${message}\n`),
    sendNewest: (key, message) => void sent.push(`[${key}] ${message}\n`),
    whenSent: (call) => call(),
    close: (code) => void closed.push(code),
  }
  const dialogue = new TextDialogue(transport, { host: { connect: () => session }, clock, linesWaitingMax })
  const say = async (...lines: string[]): Promise<string> => {
    sent.length = 0
    asked.length = 0
    for (const line of lines) dialogue.hear(line)
    await dialogue.finish()
    return sent.join('')
  }
  return { dialogue, say, asked, sent, closed, charged, ended, clock }
}

const board = '  0 1 2\n0 . . .\n1 . . .\n2 . . .\n'
const me = { id: 'me', name: 'Ann' }
const hello: Result<'hello'> = {
  protocol: 1,
  server: 'oxo',
  account: me,
  token: 'a.b.c',
  limits: { messageBytesMax: 1, requestsPerSecond: 1, requestBurst: 1, watchedGamesMax: 1 },
  durability: 'memory',
  heartbeatMs: 1,
}

test('[T12] a dialogue starts at the open board', async () => {
  const { say, asked } = startDialogue({ 'game.move': ({ game }) => viewOf(game, 2, { turn: 'O' }) })
  assert.equal(await say('X 1 2'), `OK version 2, O to move\n${board}\n`)
  assert.deepEqual(asked, [['game.move', { game: 'main', player: 'X', x: 1, y: 2 }]])
})

test('[T12] board shows the current game, main returns to the open one', async () => {
  const { say, asked } = startDialogue({
    'game.get': ({ game }) => viewOf(game, 2),
    'game.watch': ({ game }) => viewOf(game, 5),
  })
  assert.equal(await say('board'), `BOARD main version 2, X to move\n${board}\n`)
  assert.equal(await say('watch abc'), `OK game abc, version 5, X to move\n${board}\n`)
  assert.match(await say('board'), /^BOARD abc /)
  assert.match(await say('main'), /^BOARD main /)
  assert.match(await say('watch'), /^OK game main,/)
  assert.deepEqual(asked, [['game.watch', { game: 'main' }]])
})

test('[T12] new clears the current board, with other rules if it names them', async () => {
  const { say, asked } = startDialogue({ 'game.restart': ({ game }) => viewOf(game, 9) })
  assert.equal(await say('new', 'new wild'), `OK version 9, X to move\n${board}\n`.repeat(2))
  assert.deepEqual(asked, [
    ['game.restart', { game: 'main' }],
    ['game.restart', { game: 'main', rules: 'wild' }],
  ])
})

test('[T13] a client that sits down stays at that game and is told its seat', async () => {
  const { say, asked } = startDialogue({
    hello: () => hello,
    'game.create': () => viewOf('abc', 1, { seats: 'invite', players: { X: null, O: me } }),
    'game.join': ({ game }) => viewOf(game, 2, { seats: 'invite', players: { X: me, O: { id: 'b', name: 'Bob' } } }),
    'lobby.play': () => viewOf('def', 2, { seats: 'invite', players: { X: me, O: { id: 'b', name: 'Bob' } } }),
    'game.move': ({ game }) => viewOf(game, 3),
  })
  const created = await say('create wild', '1 1')
  assert.match(created, /^OK game abc, you are O, version 1, waiting for the opponent\nX is free, O is Ann\n/)
  assert.deepEqual(asked, [
    ['hello', {}],
    ['game.create', { rules: 'wild' }],
    ['game.move', { game: 'abc', x: 1, y: 1 }],
  ])
  assert.match(await say('join ghi x', '1 1'), /^OK game ghi, you are X, version 2, X to move\nX is Ann, O is Bob\n/)
  assert.deepEqual(asked, [
    ['game.join', { game: 'ghi', player: 'X' }],
    ['game.move', { game: 'ghi', x: 1, y: 1 }],
  ])
  assert.match(await say('play'), /^OK game def, you are X,/)
  await say('bot perfect 4,4,4')
  assert.deepEqual(asked, [['game.create', { opponent: { bot: 'perfect' }, rules: '4,4,4' }]])
})

test('[T13] a client that could not sit down stays at its game', async () => {
  const { say, asked } = startDialogue({
    hello: () => hello,
    'game.join': () => Promise.reject(new Fault('seat-taken')),
    'game.get': ({ game }) => viewOf(game, 2),
  })
  assert.equal(
    await say('join abc', 'board'),
    `ERR 4093 seat-taken: the seat is taken\n\nBOARD main version 2, X to move\n${board}\n`,
  )
  assert.deepEqual(asked.at(-1), ['game.get', { game: 'main' }])
})

/** A game whose offer the test can change. Answers are accepted at the current version only. */
function startOffers() {
  let view = viewOf('main', 7, { offer: { player: 'X', what: 'takeback' } })
  const at = (version: number | undefined): GameView => {
    if (version !== undefined && version !== view.version) throw new Fault('stale')
    return (view = viewOf('main', view.version + 1))
  }
  const harness = startDialogue({
    'game.get': () => view,
    'game.answer': ({ version }) => at(version),
    'game.offer': ({ what, version }) => {
      at(version)
      return (view = viewOf('main', view.version, { offer: { player: 'O', what } }))
    },
  })
  const change = (offer: Pick<GameView, 'offer'>, isHeard: boolean): void => {
    view = viewOf('main', view.version + 1, offer)
    if (isHeard) harness.dialogue.notify(new Change(view))
  }
  return { ...harness, change }
}

const takeback = { offer: { player: 'X', what: 'takeback' } } as const
const draw = { offer: { player: 'X', what: 'draw' } } as const
const another =
  'ERR 4091 stale: the offer is another one: look, then answer again\n' +
  `BOARD main version 8, X to move\nX offers a draw: accept or decline\n${board}\n`

test('[T8] a command in a game that has a rematch is answered with the id of the rematch', async () => {
  const { say, dialogue } = startDialogue({
    'game.get': () => viewOf('main', 3),
    'game.move': () => {
      throw new Fault('game-over')
    },
  })
  assert.match(await say('board'), /^BOARD main/)
  assert.match(await say('X 1 1'), /^ERR 4096 game-over: [^\n]*\n\n$/)
  dialogue.notify(new Change(viewOf('main', 4, { next: 'def' })))
  assert.match(await say('X 1 1'), /^ERR 4096 game-over: [^\n]*\nthe rematch: join def\n\n$/)
})

test('[T14] accept and decline answer the offer that was shown', async () => {
  const { say, asked } = startOffers()
  assert.match(await say('board'), /X asks to take the last move back/)
  assert.match(await say('decline'), /^OK version 8/)
  assert.deepEqual(asked, [['game.answer', { game: 'main', version: 7, what: 'takeback', accept: false }]])
  assert.equal(await say('accept'), 'ERR 4098 no-offer: there is no such offer to answer\n\n')
  assert.match(await say('draw'), /^OK version 9, X to move\nO offers a draw: accept or decline\n/)
  assert.match(await say('decline'), /^OK version 10/)
})

test('[T14] an offer that replaced the shown one is shown instead, and answered the next time', async () => {
  const { say, asked, change } = startOffers()
  await say('board')
  change(draw, false)
  assert.equal(await say('accept'), another)
  assert.match(await say('accept'), /^OK version 9/)
  assert.deepEqual(asked.at(-1), ['game.answer', { game: 'main', version: 8, what: 'draw', accept: true }])
})

test('[T14] an offer that has just replaced another by a push is not answered yet', async () => {
  const { say, change, clock } = startOffers()
  await say('board')
  change(draw, true)
  clock.advance(499)
  assert.equal(await say('accept'), another)
  change(takeback, true)
  clock.advance(500)
  assert.match(await say('accept'), /^OK version 10/)
})

test('[T14] an offer does not accept the same offer of the opponent that was not shown; a move in between does not matter', async () => {
  const { say, asked, change } = startOffers()
  await say('board')
  change({}, false)
  assert.match(await say('draw'), /^OK version 9, X to move\nO offers a draw/)
  change(takeback, false)
  assert.match(await say('takeback'), /^ERR 4091 stale: the offer is another one.*\nBOARD main version 10/)
  assert.deepEqual(asked.at(-1), ['game.get', { game: 'main' }])
})

test('[T14] an offer that is gone is reported as gone, and the current state is shown', async () => {
  const { say, change } = startOffers()
  await say('board')
  change({}, false)
  assert.match(await say('accept'), /^ERR 4091 stale: the offer is gone\nBOARD main version 8, X to move\n/)
  change(draw, true)
  assert.match(await say('accept'), /^OK version 10/)
})

test('[T15] name, as and token identify the client', async () => {
  const { say, asked } = startDialogue({ hello: () => hello })
  assert.equal(await say('name Ann', 'as x.y.z', 'token'), 'OK you are Ann\n\nOK you are Ann\n\nOK a.b.c\n\n')
  assert.deepEqual(asked, [
    ['hello', { name: 'Ann' }],
    ['hello', { token: 'x.y.z' }],
    ['hello', {}],
  ])
})

test('[T10] games lists the games that may be joined or watched', async () => {
  const { rules, players, outcome } = viewOf('abc', 1)
  const games = [{ game: 'abc', rules, players, outcome, status: 'open', at: 0 } as const]
  const { say } = startDialogue({ 'lobby.list': () => ({ games }) })
  assert.equal(await say('games'), 'OK 1 game\nabc tictactoe open: X is free, O is free\n\n')
})

test('[T3] [T8] an unknown or refused command is answered with an error, and the dialogue continues', async () => {
  const { say } = startDialogue({ 'game.move': () => Promise.reject(new Fault('not-your-turn', "it is O's move")) })
  assert.equal(
    await say('X 0 0', 'frobnicate', 'help'.slice(0, 3), 'join'),
    "ERR 4092 not-your-turn: it is O's move\n\n" +
      'ERR 4000 not-understood: there is no command "frobnicate"; help lists them\n\n' +
      'ERR 4000 not-understood: there is no command "hel"; help lists them\n\n' +
      'ERR 4000 not-understood: say join GAME [X|O]\n\n',
  )
})

test('[T5] help is a reply like any other; a blank line has none', async () => {
  const { say } = startDialogue({})
  assert.match(await say('', ' \t', 'help', '\r'), /^OK\n(?:[^\n]+\n)+\n$/)
})

test('[T16] lines are served one after the other, in order', async () => {
  const gates: PromiseWithResolvers<GameView>[] = []
  const { dialogue, asked, sent } = startDialogue({
    'game.move': () => {
      const gate = Promise.withResolvers<GameView>()
      gates.push(gate)
      return gate.promise
    },
  })
  dialogue.hear('X 0 0')
  dialogue.hear('O 1 1')
  dialogue.hear('nonsense')
  assert.equal(asked.length, 1, 'the second move waits for the reply to the first')
  assert.equal(sent.length, 0)
  gates[0]?.resolve(viewOf('main', 2))
  while (gates.length < 2) await Promise.resolve()
  gates[1]?.resolve(viewOf('main', 3))
  await dialogue.finish()
  assert.deepEqual(
    sent.map((message) => message.split(/[:,]/)[0]),
    ['OK version 2', 'OK version 3', 'ERR 4000 not-understood'],
  )
})

test('[T16] lines beyond the limit are refused in their turn: one reply per line, in order', async () => {
  const { dialogue, say } = startDialogue({ 'game.get': ({ game }) => viewOf(game, 2) }, 2)
  const lines = Array.from({ length: 9 }, () => 'board')
  const sent = (await say(...lines)).split('\n\n').map((reply) => reply.split(' ').slice(0, 2).join(' '))
  // The first is being served while two wait.
  assert.deepEqual(sent, [...Array(3).fill('BOARD main'), ...Array(6).fill('ERR 4290'), ''])
  assert.match(await say('board'), /^BOARD main/)
  dialogue.end()
})

test('[T9] a change is pushed, unless a reply has shown it', async () => {
  const { dialogue, say, sent } = startDialogue({ 'game.move': ({ game }) => viewOf(game, 4) })
  await say('X 1 1')
  sent.length = 0
  dialogue.notify(new Change(viewOf('main', 4)))
  dialogue.notify(new Change(viewOf('main', 3)))
  assert.deepEqual(sent, [], 'told by the reply')
  dialogue.notify(new Change(viewOf('main', 5)))
  dialogue.notify(new Change(viewOf('abc', 1)))
  assert.match(sent[0] ?? '', /^\[main\] \* BOARD main version 5, X to move\n(?:\* .*\n){4}\* \.\n$/)
  assert.match(sent[1] ?? '', /^\[abc\] \* BOARD abc version 1/)
})

test('[T9] changes during a command are pushed after the reply, only the newest', async () => {
  const gate = Promise.withResolvers<GameView>()
  const { dialogue, sent } = startDialogue({ 'game.move': () => gate.promise })
  dialogue.hear('X 1 1')
  for (const version of [3, 4, 5]) dialogue.notify(new Change(viewOf('abc', version)))
  dialogue.notify(new Change(viewOf('main', 2)))
  gate.resolve(viewOf('main', 2))
  await dialogue.finish()
  assert.equal(sent.length, 2)
  assert.match(sent[0] ?? '', /^OK version 2/)
  assert.match(sent[1] ?? '', /^\[abc\] \* BOARD abc version 5/)
})

test('[T9] a server that closes says so', () => {
  const { dialogue, sent } = startDialogue({})
  dialogue.notify(new SharedNotification('server.closing', { reason: 'restart', reconnectInMs: 0 }, 'closing'))
  assert.deepEqual(sent, ['* CLOSING restart\n'])
})

test('[T17] quit is answered, then the connection closes and nothing more is received', async () => {
  const { dialogue, say, asked, closed } = startDialogue({ 'game.get': ({ game }) => viewOf(game, 2) })
  assert.equal(await say('quit', 'board'), 'OK goodbye\n\n')
  assert.deepEqual(closed, [1000])
  dialogue.notify(new Change(viewOf('main', 3)))
  assert.equal(await say('board'), '')
  assert.deepEqual(asked, [])
})

test('[S43] lines that ask nothing of the session are charged', async () => {
  const { say, charged } = startDialogue({ 'game.get': ({ game }) => viewOf(game, 2) })
  await say('jump', 'help', 'board')
  assert.equal(charged.length, 2)
})

test('[T17] when the connection is gone the session ends, and nothing more is sent', async () => {
  const gate = Promise.withResolvers<GameView>()
  const { dialogue, sent, ended } = startDialogue({ 'game.move': () => gate.promise })
  dialogue.hear('X 1 1')
  dialogue.hear('O 0 0')
  dialogue.end()
  gate.resolve(viewOf('main', 2))
  await dialogue.finish()
  assert.deepEqual([sent, ended], [[], ['ended']])
})

test('[T18] say is answered OK, and what the opponent says is one line of its own', async () => {
  const { say, asked, sent, dialogue } = startDialogue({ 'game.say': () => ({}) })
  assert.equal(await say('say Good-Luck'), 'OK\n\n')
  assert.deepEqual(asked, [['game.say', { game: 'main', what: 'good-luck' }]])
  assert.match(await say('say nonsense', 'say', 'say hello you'), /^(ERR 4000 not-understood: [^\n]+\n\n){3}$/)
  assert.deepEqual(asked, [])
  sent.length = 0
  dialogue.notify(new SharedNotification('game.said', { game: 'g', by: 'O', what: 'oops' }, 'said g'))
  assert.deepEqual(sent, ['[said g] * SAID g O oops\n'])
})
