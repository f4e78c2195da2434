/** Properties of every game, after any commands in any order. */
import fc from 'fast-check'
import assert from 'node:assert/strict'
import test from 'node:test'
import { emptyBoard, put, turnAfter } from './board.ts'
import type { Command } from './command.ts'
import { decide } from './decide.ts'
import { offers } from './event.ts'
import { evolve } from './evolve.ts'
import type { Game } from './game.ts'
import { findLine } from './line.ts'
import { pliesOf } from './move.ts'
import { players } from './player.ts'
import { mayHaveLedTo } from './repeat.ts'
import { presets } from './rules.ts'
import { isStarted } from './seat.ts'
import { after, ada, bo, eve, invite, openCommand, verdict } from './testing/play.ts'

const rules = fc.constantFrom(
  ...Object.values(presets),
  { ...presets.tictactoe, width: 5, height: 2, exact: true },
  { ...presets.wild, misere: true },
  { ...presets.tictactoe, width: 1, height: 1, line: 1 },
)
const account = fc.constantFrom(ada, bo, eve)
const player = fc.constantFrom(...players)
const by = fc.constantFrom('ada', 'bo', 'bo', 'ada', 'eve', null)
const what = fc.constantFrom(...offers)
const clock = fc.constantFrom(undefined, { initialMs: 900, incrementMs: 50 }, { perMoveMs: 200 })

const create: fc.Arbitrary<Command> = fc.oneof(
  fc
    .tuple(rules, fc.constantFrom({}, { X: ada }, { X: ada, O: bo }, { X: ada, O: ada }), fc.boolean(), clock)
    .map(([chosen, seated, isPublic, control]) =>
      invite({ rules: chosen, players: seated, public: isPublic, ...(control && { clock: control }) }),
    ),
  rules.map(openCommand),
)

/** Optional members are absent, never undefined, as in a parsed message. */
function some<T extends object>(shape: { [K in keyof T]: fc.Arbitrary<T[K]> }, optional: readonly (keyof T)[]) {
  const requiredKeys = (Object.keys(shape) as (keyof T)[]).filter((key) => !optional.includes(key))
  return fc.record(shape, { requiredKeys, noNullPrototype: true })
}

const elapsedMs = fc.integer({ min: 0, max: 120 })
const xy = fc.integer({ min: -1, max: 7 })
const type = <T extends string>(name: T) => fc.constant(name)
const personal = ['player', 'elapsedMs'] as const

const command = fc.oneof(
  { arbitrary: some({ type: type('join'), account, player }, ['player']), weight: 1 },
  {
    arbitrary: some({ type: type('move'), x: xy, y: xy, mark: player, by, player, elapsedMs }, [...personal, 'mark']),
    weight: 12,
  },
  { arbitrary: some({ type: type('resign'), by, player, elapsedMs }, personal), weight: 1 },
  { arbitrary: some({ type: type('offer'), what, by, player, elapsedMs, next: type('n') }, personal), weight: 3 },
  {
    arbitrary: some({ type: type('answer'), what, accept: fc.boolean(), by, next: type('n'), elapsedMs }, ['next']),
    weight: 3,
  },
  { arbitrary: some({ type: type('restart'), by, rules }, ['rules']), weight: 1 },
  { arbitrary: some({ type: type('flag'), elapsedMs }, []), weight: 1 },
  { arbitrary: some({ type: type('abandon'), elapsedMs }, []), weight: 1 },
) as fc.Arbitrary<Exclude<Command, { type: 'create' }>>

const commands = fc.array(command, { maxLength: 60 })
const runs = { seed: 1952, numRuns: 1500 }

/** Plays commands, and calls `check` with each accepted command, the game before it and the game after it. */
function play(
  first: Command,
  rest: readonly Exclude<Command, { type: 'create' }>[],
  check: (before: Game, played: Exclude<Command, { type: 'create' }>, now: Game) => void,
): void {
  let game = after(first)
  for (const played of rest) {
    const decision = decide(game, played)
    if (decision.type !== 'event') continue
    const before = game
    game = evolve(before, decision.event)
    check(before, played, game)
  }
}

test('[G9] every event increments the version and becomes `last`', () => {
  fc.assert(
    fc.property(create, commands, (first, rest) => {
      play(first, rest, (before, played, now) => {
        assert.equal(now.version, before.version + 1)
        const decision = decide(before, played)
        assert.deepEqual(decision, { type: 'event', event: now.last })
      })
    }),
    runs,
  )
})

test('[G11] every accepted command is done when it is repeated at once, and stale after the next event', () => {
  fc.assert(
    fc.property(create, commands, (first, rest) => {
      let earlier: Command | null = null
      play(first, rest, (before, played, now) => {
        const versioned = { ...played, version: before.version }
        assert.equal(verdict(before, versioned), now.last.type)
        assert.equal(verdict(now, versioned), 'done')
        assert.ok(mayHaveLedTo(versioned, now.last), 'the event alone does not speak against it')
        assert.equal(verdict(now, { ...versioned, elapsedMs: 100_000 }), 'done')
        if (earlier !== null) assert.equal(verdict(now, earlier), 'stale')
        earlier = versioned
      })
    }),
    runs,
  )
})

test('[G2] [G5] board, moves, turn and outcome are always consistent', () => {
  fc.assert(
    fc.property(create, commands, (first, rest) => {
      play(first, rest, (_, played, now) => {
        const board = now.moves.reduce((drawn, { cell, mark }) => put(drawn, cell, mark), emptyBoard(now.rules))
        assert.equal(now.board, board, played.type)
        assert.equal(now.turn === null, now.outcome !== null)
        if (now.turn !== null) assert.equal(now.turn, turnAfter(now.moves.length))
        if (now.outcome?.by === 'full') assert.ok(!board.includes('.'))
        const isOnLine = now.moves.some(({ cell }) => findLine(now.rules, board, cell) !== null)
        assert.equal(now.outcome?.by === 'line', isOnLine)
      })
    }),
    runs,
  )
})

test('[G26] [G28] clocks are never negative, and every event has elapsedMs while a clock runs', () => {
  fc.assert(
    fc.property(create, commands, (first, rest) => {
      play(first, rest, (before, _, now) => {
        assert.equal(now.clocks === null, now.clock === null)
        if (now.clocks !== null) assert.ok(now.clocks.X >= 0 && now.clocks.O >= 0)
        const isRunning = before.clock !== null && before.outcome === null && isStarted(before)
        assert.equal('elapsedMs' in now.last, isRunning)
      })
    }),
    runs,
  )
})

test('[G22] an offer exists only where it could be made, and none survives a move', () => {
  fc.assert(
    fc.property(create, commands, (first, rest) => {
      play(first, rest, (_, __, now) => {
        if (now.last.type === 'moved') assert.equal(now.offer, null)
        if (now.offer !== null) assert.equal(now.offer.what === 'rematch', now.outcome !== null)
      })
    }),
    runs,
  )
})

test('a game is plain JSON, and so are its events', () => {
  fc.assert(
    fc.property(create, commands, (first, rest) => {
      play(first, rest, (_, __, now) => {
        assert.deepEqual(JSON.parse(JSON.stringify(now)), now)
      })
    }),
    { ...runs, numRuns: 300 },
  )
})

test('[G10] decide accepts exactly the moves that the board allows', () => {
  fc.assert(
    fc.property(rules.map(openCommand), commands, (first, rest) => {
      play(first, rest, (_, __, { rules: given, board, turn, ...now }) => {
        if (turn === null) return
        const places = new Set(pliesOf({ rules: given, board, turn }).map(({ cell }) => cell % given.width))
        const game = { ...now, rules: given, board, turn }
        for (let x = 0; x < given.width; x++) {
          const isOpen = Array.from({ length: given.height }, (___, y) => y).some(
            (y) => verdict(game, { type: 'move', x, y, by: null }) === 'moved',
          )
          assert.equal(isOpen, places.has(x))
        }
      })
    }),
    { ...runs, numRuns: 100 },
  )
})
