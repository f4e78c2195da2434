import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Command, decide, type Event, evolve, type Game, presets, type Rules } from '../../game/index.ts'
import { replay } from './replay.ts'

const ada = { id: 'ada', name: 'Ada' }
const bo = { id: 'bo', name: 'Bo' }
const clock = { initialMs: 60_000, incrementMs: 1_000 }

/** The events of the commands; a refused command has none. */
function historyOf(commands: readonly Command[]): Event[] {
  const events: Event[] = []
  let game: Game | null = null
  for (const command of commands) {
    const decision = decide(game, command)
    if (decision.type !== 'event') continue
    game = evolve(game, decision.event)
    events.push(decision.event)
  }
  return events
}

const by = fc.constantFrom('ada', 'bo')
const what = fc.constantFrom('draw' as const, 'takeback' as const, 'rematch' as const)
const elapsedMs = fc.integer({ min: 0, max: 40_000 })
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ type: fc.constant('move' as const), by, x: fc.nat(3), y: fc.nat(3), elapsedMs }),
  },
  fc.record({ type: fc.constant('resign' as const), by, elapsedMs }),
  fc.record({ type: fc.constant('offer' as const), by, what, elapsedMs, next: fc.constant('g-2') }),
  fc.record({
    type: fc.constant('answer' as const),
    by,
    what,
    elapsedMs,
    accept: fc.boolean(),
    next: fc.constant('g-2'),
  }),
  fc.record({ type: fc.constant('flag' as const), elapsedMs }),
  fc.record({ type: fc.constant('abandon' as const), elapsedMs }),
)

function begin(rules: Rules, hasClock: boolean, isPublic: boolean): Command {
  const seated = { players: { X: ada }, by: ada.id, ...(hasClock ? { clock } : {}) }
  return { type: 'create', rules, seats: 'invite', public: isPublic, ...seated }
}

test('every history that the rules produce is legal', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.values(presets)),
      fc.boolean(),
      fc.boolean(),
      fc.array(command, { maxLength: 30 }),
      (rules, hasClock, isPublic, commands) => {
        const events = historyOf([begin(rules, hasClock, isPublic), { type: 'join', account: bo }, ...commands])
        const game = replay(events)
        assert.ok(!('reason' in game), JSON.stringify(game))
        assert.equal(game.version, events.length)
      },
    ),
    { seed: 1952, numRuns: 500 },
  )
})

const opened: Event = { type: 'created', rules: presets.tictactoe, seats: 'open', public: false, players: {} }
const moved = (player: 'X' | 'O', x: number, y: number): Event => ({ type: 'moved', player, x, y })

test('an illegal history is reported with its first wrong entry', () => {
  const cases: readonly (readonly [readonly Event[], number, RegExp])[] = [
    [[], 1, /begins with its creation/],
    [[moved('X', 0, 0)], 1, /no such game/],
    [[opened, moved('O', 0, 0)], 2, /X's move/],
    [[opened, moved('X', 0, 0), moved('O', 0, 0)], 3, /taken/],
    [[opened, moved('X', 3, 0)], 2, /off the board/],
    [[opened, opened], 2, /another game|changes nothing/],
    [[opened, { ...moved('X', 0, 0), elapsedMs: 5 } as Event], 2, /instead/],
    [[opened, { type: 'flagged', player: 'X' }], 2, /not fallen/],
    [[opened, { type: 'invented' } as unknown as Event], 2, /no event/],
  ]
  for (const [events, version, reason] of cases) {
    const illegal = replay(events)
    assert.ok('reason' in illegal, JSON.stringify(events))
    assert.equal(illegal.version, version)
    assert.match(illegal.reason, reason)
  }
})
