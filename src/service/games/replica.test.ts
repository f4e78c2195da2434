/** The table of inputs and phases: a line for each. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { evolve, type Game, presets } from '../../game/index.ts'
import { canApply, isKnown, type Input, type Phase, type Replica, step } from './replica.ts'

const created = { type: 'created', rules: presets.gomoku, seats: 'open', public: false, players: {} } as const

function makeGame(version: number): Game {
  return { ...evolve(null, created), version }
}

/** Writes a replica as `phase version`, and `<newest` if the journal has reported a newer version. */
function makeReplica(text: string): Replica {
  const [, phase = '', version = '', newest = version] = /^(\w+) (\d+)(?:<(\d+))?$/.exec(text) ?? []
  return { phase: phase as Phase, game: version === '0' ? null : makeGame(Number(version)), newest: Number(newest) }
}

function show({ phase, game, newest }: Replica): string {
  const version = game?.version ?? 0
  return `${phase} ${version}${newest > version ? `<${newest}` : ''}`
}

function makeInput(text: string): Input {
  const [type = '', version] = text.split(' ')
  if (type === 'applied') return { type, game: makeGame(Number(version)) }
  if (type === 'reported') return { type, version: Number(version) }
  return type as Input
}

/** The replica, `!` if somebody waits or watches, the input, the next replica, and the effects. */
const table = `
  unread 0         | needed     | reading 0      | startRead
  unread 3<5       | needed     | reading 3<5    | startRead
  reading 0        | needed     | reading 0      |
  rereading 3      | needed     | rereading 3    |
  current 3        | needed     | current 3      |
  current 0        | needed     | reading 0      | startRead
  busy 0           | needed     | busy 0         |

  unread 3         | reported 3 | unread 3       |
  unread 3         | reported 4 | unread 3<4     |
  unread 0 !       | reported 4 | reading 0<4    | startRead
  reading 3 !      | reported 5 | reading 3<5    |
  reading 3<5      | reported 4 | reading 3<5    |
  rereading 3      | reported 5 | rereading 3<5  |
  busy 3 !         | reported 4 | busy 3<4       |
  current 3        | reported 2 | current 3      |
  current 3        | reported 5 | unread 3<5     |
  current 3 !      | reported 5 | reading 3<5    | startRead

  reading 0        | applied 4  | reading 4      |
  reading 3<5      | applied 4  | reading 4<5    |
  current 3        | applied 4  | current 4      |
  busy 3<4         | applied 4  | busy 4         |

  reading 4        | readEnded  | current 4      | run
  reading 0        | readEnded  | current 0      | run
  reading 4<5      | readEnded  | rereading 4<5  | startRead
  rereading 5      | readEnded  | current 5      | run
  rereading 4<5    | readEnded  | current 4<5    | retryLater run
  current 4        | readEnded  | current 4      |

  reading 0 !      | failed     | unread 0       | retryLater
  rereading 4      | failed     | unread 4       | retryLater
  busy 4           | failed     | unread 4       |
  busy 4 !         | failed     | reading 4      | startRead

  unread 0         | taken      | busy 0         |
  current 4        | taken      | busy 4         |
  busy 4<6         | freed      | current 4<6    |

  current 5        | handled    | current 5      | run
  current 4<5      | handled    | unread 4<5     |
  current 4<5 !    | handled    | reading 4<5    | startRead
  busy 5 !         | handled    | busy 5         |
  unread 5         | handled    | unread 5       |

  unread 0         | retryDue   | unread 0       |
  unread 0 !       | retryDue   | reading 0      | startRead
  current 4 !      | retryDue   | current 4      |
  current 4<5 !    | retryDue   | reading 4<5    | startRead
  current 4<5      | retryDue   | unread 4<5     |
  reading 4<5 !    | retryDue   | reading 4<5    |
  busy 4<5 !       | retryDue   | busy 4<5       |
`

for (const line of table.split('\n').filter((row) => row.trim() !== '')) {
  const [before = '', input = '', after, effects = ''] = line.split('|').map((cell) => cell.trim())
  const isWanted = before.endsWith('!')
  test(`${before}, ${input}: ${after}${effects === '' ? '' : `, then ${effects}`}`, () => {
    const next = step(makeReplica(before.replace('!', '').trim()), makeInput(input), isWanted)
    assert.deepEqual([show(next.replica), next.effects.join(' ')], [after, effects])
  })
}

test('a game is known while it is current or busy', () => {
  const known = ['current 1', 'current 2<3', 'busy 2']
  const unknown = ['current 0', 'busy 0', 'unread 2', 'reading 2', 'rereading 2']
  for (const text of [...known, ...unknown]) assert.equal(isKnown(makeReplica(text)), known.includes(text), text)
})

test('a reported entry is applied at once only if it is the next one of a current replica', () => {
  assert.ok(canApply(makeReplica('current 3'), 4))
  for (const text of ['current 3<4', 'current 0']) assert.ok(!canApply(makeReplica(text), 5), text)
  for (const phase of ['unread', 'reading', 'rereading', 'busy']) assert.ok(!canApply(makeReplica(`${phase} 3`), 4))
})

test('from every replica, an awaited game becomes current when reads succeed', () => {
  for (const phase of ['unread', 'reading', 'rereading', 'current', 'busy'] as const) {
    let replica: Replica = { phase, game: makeGame(3), newest: 5 }
    for (const type of phase === 'busy' ? (['freed', 'handled'] as const) : (['retryDue'] as const))
      replica = step(replica, type, true).replica
    replica = step(replica, { type: 'applied', game: makeGame(5) }, true).replica
    assert.equal(show(step(replica, 'readEnded', true).replica), 'current 5', phase)
  }
})
