/** What a program keeps, of a snapshot of its heap. */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { setTimeout as pass } from 'node:timers/promises'
import type { ServerProcess } from '../lib/server-process.ts'

/** The part of V8's format that is read here: numbers in a row, some for each object. */
interface Snapshot {
  readonly snapshot: {
    readonly meta: {
      readonly node_fields: readonly string[]
      /** For each field its values by number, where it has names. */
      readonly node_types: readonly [readonly string[], ...unknown[]]
    }
  }
  readonly nodes: readonly number[]
}

/**
 * The engine's own: compiled code, what it learnt of types, the shapes of objects. It comes and goes with how warm the
 * program is, tens of kilobytes at a time, whatever the program keeps.
 */
const kindsOfEngine: ReadonlySet<string> = new Set(['code', 'hidden', 'object shape', 'synthetic'])

/** Bytes of all objects, arrays, texts, numbers, functions and buffers. */
export function countKept({ snapshot, nodes }: Snapshot): number {
  const { node_fields: fields, node_types: kinds } = snapshot.meta
  const [kindAt, sizeAt] = [fields.indexOf('type'), fields.indexOf('self_size')]
  let bytes = 0
  for (let node = 0; node < nodes.length; node += fields.length)
    if (!kindsOfEngine.has(kinds[0][nodes[node + kindAt] ?? 0] ?? '')) bytes += nodes[node + sizeAt] ?? 0
  return bytes
}

/** Of a server of soaks, whose journal is `file`. Whatever nobody holds is collected first. */
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
