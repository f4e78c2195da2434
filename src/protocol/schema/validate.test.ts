import assert from 'node:assert/strict'
import { test } from 'node:test'
import Compile from 'typebox/compile'
import { decide, evolve, type Command, type Game, presets } from '../../game/index.ts'
import { Fault } from '../fault.ts'
import { limits } from '../limits.ts'
import { type MethodName, methodNames, methods } from './methods.ts'
import { notifications } from './notifications.ts'
import { GameSummary, GameView } from './shapes.ts'
import { makeOpenRpc } from './openrpc.ts'
import { makeBody, parseBody } from '../stored.ts'
import { checkParams, parseMethod } from './validate.ts'
import { makeSummary, makeView } from '../view.ts'

function complaint(params: unknown, method: MethodName = 'game.move'): string {
  try {
    checkParams(method, params)
  } catch (fault) {
    assert(fault instanceof Fault)
    assert.equal(fault.fault, 'invalid-params')
    return fault.message
  }
  return ''
}

test('[P4] invalid params are refused with the member and what is wrong with it', () => {
  assert.equal(complaint({ game: 'main', x: 1, y: 2 }), '')
  assert.match(complaint({ game: 'main', x: 1 }), /^params: must have required properties y/)
  assert.match(complaint({ game: 'a b', x: 1, y: 2 }), /^game: must match/)
  assert.match(complaint({ game: 'main', x: 25, y: 2 }), /^x: must be <= 24/)
  assert.match(complaint({ game: 'main', x: 0.5, y: 2 }), /^x: must be integer/)
  assert.match(complaint({ game: 'main', x: '1', y: 2 }), /^x: /)
  assert.match(complaint({ game: 'main', x: 1, y: 2, player: 'Z' }), /^player: /)
  assert.equal(complaint({ game: 'main', x: 1, y: 2, z: 3 }), 'z: there is no such member')
  assert.equal(
    complaint(JSON.parse('{"game":"main","x":1,"y":2,"__proto__":{}}')),
    '__proto__: there is no such member',
  )
  for (const name of methodNames) assert.equal(parseMethod(name), name)
  for (const name of ['toString', '__proto__', 'game.fly', '']) assert.equal(parseMethod(name), undefined, name)
})

const wrongCreations: readonly (readonly [params: unknown, complaint: string])[] = [
  [{ seat: 'Z' }, 'seat: must be one of X, O, any, none'],
  [{ opponent: { bot: 'hard' } }, 'opponent.bot: must be one of random, casual, perfect'],
  [{ rules: 7 }, 'rules: must be string or object'],
  [{ rules: '' }, 'rules: must not have fewer than 1 characters'],
  [{ rules: { width: 3, height: 3 } }, 'rules: must have required properties line'],
  [{ rules: { width: 3, height: 3, line: 3, depth: 1 } }, 'rules.depth: there is no such member'],
  [{ rules: { width: 3, height: 3, line: 3, marks: 'red' } }, 'rules.marks: must be one of own, wild, shared'],
  [{ clock: 5 }, 'clock: must be object'],
  [{ clock: { perMoveMs: -5 } }, 'clock.perMoveMs: must be >= 1'],
  [{ clock: { perMoveMs: 3e9 } }, `clock.perMoveMs: must be <= ${limits.clockMsMax}`],
  [{ clock: { initialMs: '5 minutes', incrementMs: 0 } }, 'clock.initialMs: must be integer'],
  [{ clock: { initialMs: 1_000 } }, 'clock: must have required properties incrementMs'],
  [{ clock: { initialMs: 1_000, incrementMs: 0, delayMs: 1 } }, 'clock.delayMs: there is no such member'],
  [
    { clock: { initialMs: 1_000, incrementMs: 0, perMoveMs: 1_000 } },
    'clock.perMoveMs: cannot stand beside the other members',
  ],
  [{ clock: { initialMs: 1_000, perMoveMs: 1_000 } }, 'clock.initialMs: cannot stand beside the other members'],
]

test('[P4] if a member has several forms, the refusal is about the best-fitting form and lists the choices', () => {
  for (const [params, expected] of wrongCreations) assert.equal(complaint(params, 'game.create'), expected)
})

const ann = { id: 'a', name: 'Ann' }
const bob = { id: 'b', name: 'Bob' }
const story: readonly Command[] = [
  {
    type: 'create',
    rules: presets.tictactoe,
    seats: 'invite',
    public: true,
    clock: { initialMs: 60_000, incrementMs: 1_000 },
    players: { X: ann },
    by: 'a',
  },
  { type: 'join', account: bob },
  { type: 'move', by: 'a', x: 1, y: 1, elapsedMs: 500 },
  { type: 'offer', by: 'b', what: 'draw', elapsedMs: 10 },
  { type: 'answer', by: 'a', what: 'draw', accept: false, elapsedMs: 10 },
  { type: 'move', by: 'b', x: 0, y: 0, elapsedMs: 20 },
  { type: 'resign', by: 'a', elapsedMs: 20 },
  { type: 'offer', by: 'a', what: 'rematch' },
  { type: 'answer', by: 'b', what: 'rematch', accept: true, next: 'again' },
]

test('[P5] every state of a game is a valid GameView and GameSummary, and every event reads back from its body', () => {
  const [view, summary] = [Compile(GameView), Compile(GameSummary)]
  let game: Game | null = null
  for (const command of story) {
    const decision = decide(game, command)
    assert(decision.type === 'event', command.type)
    game = evolve(game, parseBody(makeBody(1, decision.event)).event)
    assert.deepEqual(view.Errors(makeView('id', game, 250)), [])
    assert.deepEqual(summary.Errors(makeSummary('id', game, 1)), [])
  }
  assert(game !== null)
  assert.equal(makeView('id', game).next, 'again')
})

test('[P7] a body consists of at and event, and reproduces exactly from what is read from it', () => {
  let game: Game | null = null
  for (const command of story) {
    const decision = decide(game, command)
    assert(decision.type === 'event', command.type)
    const body = makeBody(1_700_000_000_000, decision.event)
    assert.equal(body, JSON.stringify({ at: 1_700_000_000_000, event: decision.event }))
    const { at, event } = parseBody(body)
    assert.equal(makeBody(at, event), body)
    game = evolve(game, event)
  }
})

test('[P5] in the view the running clock counts down to zero, and the other one does not change', () => {
  let game: Game | null = null
  for (const command of story.slice(0, 3)) {
    // Before the move it is X's clock that runs out.
    if (command.type === 'move') assert.equal(game && makeView('id', game, 70_000).clock?.X, 0)
    const decision = decide(game, command)
    assert(decision.type === 'event')
    game = evolve(game, decision.event)
  }
  assert(game !== null)
  const clock = (elapsedMs: number): unknown => game && makeView('id', game, elapsedMs).clock
  const control = { initialMs: 60_000, incrementMs: 1_000 }
  assert.deepEqual(clock(0), { control, X: 60_500, O: 60_000, running: true })
  assert.deepEqual(clock(20_000), { control, X: 60_500, O: 40_000, running: true })
  assert.deepEqual(clock(70_000), { control, X: 60_500, O: 0, running: true })
})

test('[P6] the OpenRPC document names every method with its params by name', () => {
  const document = makeOpenRpc('1.2.3') as {
    methods: { name: string; params: { name: string; required: boolean }[] }[]
  }
  assert.deepEqual(
    document.methods.map(({ name }) => name),
    methodNames,
  )
  const move = document.methods.find(({ name }) => name === 'game.move')
  assert.deepEqual(
    move?.params.filter(({ required }) => required).map(({ name }) => name),
    ['game', 'x', 'y'],
  )
  assert.equal(Object.keys(methods).length, document.methods.length)
})

test('[P6] every member of every message has a description: params, answers, notifications, and nested members', () => {
  const undocumented = Object.entries({ ...methods, ...notifications }).flatMap(([name, row]) => [
    ...withoutDescription(name, row.params),
    ...('result' in row ? withoutDescription(`${name} result`, row.result) : []),
  ])
  assert.deepEqual(undocumented, [])
})

/** The members without a description, at any depth. */
function withoutDescription(path: string, schema: object): string[] {
  const { properties, anyOf, items } = schema as { properties?: object; anyOf?: object[]; items?: object | object[] }
  const inside = [...(anyOf ?? []), ...(items === undefined || Array.isArray(items) ? [] : [items])]
  return [
    ...Object.entries(properties ?? {}).flatMap(([member, held]: [string, { description?: string }]) => [
      ...((held.description ?? '') === '' ? [`${path}: ${member}`] : []),
      ...withoutDescription(`${path}.${member}`, held),
    ]),
    ...inside.flatMap((held) => withoutDescription(path, held)),
  ]
}
