/** Measures the memory that a program keeps, from a snapshot of its heap. */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { setTimeout as pass } from 'node:timers/promises'
import type { ServerProcess } from '../lib/server-process.ts'

/** The part of V8's snapshot format that is read here: a flat list with several numbers per object. */
export interface Snapshot {
  readonly snapshot: {
    readonly meta: {
      readonly node_fields: readonly string[]
      /** For each field the names of its values, by number, if it has any. */
      readonly node_types: readonly [readonly string[], ...unknown[]]
    }
  }
  readonly nodes: readonly number[]
}

/**
 * Objects of the engine itself: compiled code, type feedback, object shapes. Their size varies by tens of kilobytes
 * with the engine's optimisations, whatever the program keeps.
 */
const kindsOfEngine: ReadonlySet<string> = new Set(['code', 'hidden', 'object shape', 'synthetic'])

/** The total size of all objects, arrays, strings, numbers, functions and buffers, in bytes; without more kinds. */
export function countKept({ snapshot, nodes }: Snapshot, without: readonly string[] = []): number {
  const { node_fields: fields, node_types: kinds } = snapshot.meta
  const [kindAt, sizeAt] = [fields.indexOf('type'), fields.indexOf('self_size')]
  const ignored = kindsOfEngine.union(new Set(without))
  let bytes = 0
  for (let node = 0; node < nodes.length; node += fields.length)
    if (!ignored.has(kinds[0][nodes[node + kindAt] ?? 0] ?? '')) bytes += nodes[node + sizeAt] ?? 0
  return bytes
}

/** Measures a soak server whose journal is `file`, in bytes. The snapshot contains only reachable objects. */
export async function weigh(server: ServerProcess, file: string): Promise<number> {
  const heap = `${file}.heap`
  rmSync(heap, { force: true })
  process.kill(server.pid, 'SIGUSR2')
  while (!existsSync(heap)) {
    if (!server.isRunning) throw new Error(`the server has ended:\n${server.complaints}`)
    await pass(20)
  }
  return countKept(JSON.parse(readFileSync(heap, 'utf8')) as Snapshot)
}
