/** The cost of an idle node: how often it wakes up, and how many messages it gets. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type { NatsServer } from '../../src/cli/demo/nats-server.ts'
import { Nodes } from './nodes.ts'

const seconds = 10

/** How often the event-loop thread has blocked so far. */
function wakesOf(pid: number): number {
  const found = /^voluntary_ctxt_switches:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Number(found?.[1])
}

/** Messages sent to all nodes so far. */
async function sentBy(servers: readonly NatsServer[]): Promise<number> {
  const each = servers.map(async ({ monitor }) => {
    const { connections } = (await (await fetch(`${monitor}/connz`)).json()) as {
      readonly connections: readonly { readonly name: string; readonly out_msgs: number }[]
    }
    return connections.reduce((sum, { name, out_msgs: count }) => sum + (name === 'oxo' ? count : 0), 0)
  })
  return (await Promise.all(each)).reduce((sum, count) => sum + count, 0)
}

test('[N8] [J21] an idle node wakes up a few times a second, for the heartbeats of all nodes', async () => {
  await using nodes = await Nodes.start()
  // By then each node knows the others and has loaded what a server loads after its start.
  await setTimeout(6_000)
  const read = async () => ({
    sent: await sentBy(nodes.nats.servers),
    wakes: nodes.list.map(({ pid }) => wakesOf(pid)),
  })
  const before = await read()
  await setTimeout(seconds * 1_000)
  const after = await read()
  // Expected per second: a heartbeat of each other node, the mark and the end of the stream, and the owner's writes.
  // Twice that is too much.
  const sent = (after.sent - before.sent) / seconds / nodes.list.length
  assert.ok(sent <= 8, `${sent} messages a second for each node`)
  const wakes = after.wakes.map((count, node) => (count - (before.wakes[node] ?? 0)) / seconds)
  assert.ok(Math.min(...wakes) <= 12, `woken ${wakes.join(', ')} times a second`)
})
