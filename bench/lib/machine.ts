/** Describes the machine, and selects the cores that each process may use. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, statfsSync } from 'node:fs'
import { cpus, release, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'

const tmpfsMagic = 0x01021994

export interface Machine {
  readonly text: string
  /** Prefixes that pin a command to the server's and to the generator's core; empty if pinning is impossible. */
  readonly pinServer: readonly string[]
  readonly pinGenerator: readonly string[]
  readonly filesMax: number
  /** Where journals are written during the run. */
  readonly folder: string
}

export function inspectMachine(): Machine {
  const cores = allowedCores()
  const canPin = cores.length > 1 && spawnSync('taskset', ['--version']).status === 0
  const pin = (core: number | undefined): readonly string[] => (canPin ? ['taskset', '-c', `${core}`] : [])
  const folder = join(tmpdir(), 'oxo-bench')
  mkdirSync(folder, { recursive: true })
  const disk = statfsSync(folder).type === tmpfsMagic ? 'journals on tmpfs: its syncs cost nothing' : 'journals on disk'
  const pinning = canPin
    ? `server pinned to core ${cores[0]}, generator to core ${cores[1]}`
    : 'nothing pinned (taskset or a second core is missing)'
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`
  return {
    text: `${cpus()[0]?.model ?? 'unknown CPU'}, ${cores.length} cores, ${memory}, Linux ${release()}, Node ${process.versions.node}; ${pinning}; ${disk}`,
    pinServer: pin(cores[0]),
    pinGenerator: pin(cores[1]),
    filesMax: readFilesMax(),
    folder,
  }
}

/** Reads `Cpus_allowed_list`, for example 0-3,8. */
function allowedCores(): readonly number[] {
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0'
  return list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, index) => first + index)
  })
}

/** Reads the hard limit: Node raises the soft limit to it. */
function readFilesMax(): number {
  const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
  return hard === 'unlimited' ? Infinity : Number(hard ?? 1_024)
}
