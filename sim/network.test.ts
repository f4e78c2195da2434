/** Checks the simulated connections, without faults, against the contracts of both ends. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Dial } from '../src/client/index.ts'
import { transportContract, type TransportStand } from '../src/client/transport-contract.ts'
import {
  connectionContract,
  type ConnectionStand,
  type SessionStub,
} from '../src/service/sessions/connection-contract.ts'
import type { Connection } from '../src/service/index.ts'
import { noBug } from './bugs.ts'
import { Network } from './network.ts'
import type { RemoteEnd, Life, SimNode } from './node.ts'
import { type FaultName, faultNames, drawPlan } from './plan.ts'
import { World } from './world.ts'

type End = Connection & RemoteEnd

/** How long messages in flight may take in a network without faults, in ms. */
const settleMs = 100

interface Room {
  readonly dial: Dial
  readonly settle: () => Promise<void>
}

/** A network with one node; without `meet` the node is down. */
function openRoom(meet: ((end: End) => SessionStub) | null): Room {
  const none = Object.fromEntries(faultNames.map((name) => [name, 0])) as Record<FaultName, number>
  const world = new World({ ...drawPlan(1), faults: none }, noBug, false)
  const life = { id: 'node.1', connections: new Set(), connect: meet } as unknown as Life
  const node = { name: 'node', life: meet === null ? null : life } as SimNode
  const network = new Network(world, [node])
  return {
    dial: network.dialFor({ name: 'client', served() {} }),
    async settle() {
      let isOver = false
      world.schedule.after(settleMs, () => (isOver = true))
      while (!isOver) world.schedule.step()
    },
  }
}

function openTransport(): TransportStand {
  const heard: string[] = []
  const ends: End[] = []
  let over = 0
  const here = openRoom((end) => {
    ends.push(end)
    return { hear: (message) => heard.push(message), end: () => over++ }
  })
  const away = openRoom(null)
  const [url, nowhere] = [new URL('ws://here'), new URL('ws://nowhere')]
  const settle = async (): Promise<void> => {
    await here.settle()
    await away.settle()
  }
  return {
    dial: (to, listener) => (to === nowhere ? away : here).dial(to, listener),
    url,
    nowhere,
    async peer() {
      await settle()
      const end = ends[0] ?? assert.fail('nobody has dialled')
      return {
        heard,
        get isOver() {
          return over > 0
        },
        say(...messages) {
          for (const message of messages) end.send(message)
        },
        end: () => end.close(1000, 'over'),
        cut() {
          over++
          end.vanish()
        },
      }
    },
    connections: () => ends.length - over,
    settle,
  }
}

function openConnection(): ConnectionStand {
  let room: Room | null = null
  return {
    async open(makeSession) {
      const { dial, settle } = (room = openRoom(makeSession))
      const got: string[] = []
      let isOver = false
      const transport = dial(new URL('ws://here'), {
        opened() {},
        heard: (message) => got.push(message),
        closed: () => (isOver = true),
      })
      await settle()
      return {
        got,
        get isOver() {
          return isOver
        },
        say(...messages) {
          for (const message of messages) transport.send(message)
        },
        leave: () => transport.close(),
      }
    },
    settle: async () => room?.settle(),
  }
}

for (const { title, run } of transportContract) test(`transport: ${title}`, () => run(openTransport()))
for (const { title, run } of connectionContract) test(`connection: ${title}`, () => run(openConnection()))
