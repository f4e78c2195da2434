/** Networks that can be cut: one network namespace per server, joined by a bridge in another namespace. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { findProgram, sayWhatIsMissing } from '../../tools/check/programs.ts'

/** Says why this machine cannot create them. Null if it can. */
export function sayWhyNoNetworks(): string | null {
  const missing = sayWhatIsMissing('ip', 'nft')
  if (missing !== null) return missing
  if (process.getuid?.() !== 0) return 'Cutting networks needs root: run as root.'
  try {
    Networks.open(0)[Symbol.dispose]()
    return null
  } catch (cause) {
    return `This machine does not allow network namespaces (${String(cause)}): run on another machine.`
  }
}

export class Networks implements Disposable {
  readonly #name: string
  readonly #net: string
  readonly #count: number

  private constructor(name: string, net: string, count: number) {
    this.#name = name
    this.#net = net
    this.#count = count
  }

  /** Also removes the networks of killed runs, with the processes that still run in them. */
  static open(count: number): Networks {
    removeLeftovers()
    const [a = 0, b = 0, c = 0] = crypto.getRandomValues(new Uint8Array(3))
    // Addresses for benchmarks (RFC 2544), which no real network uses.
    const networks = new Networks(`oxo${process.pid}p${b.toString(16)}`, `198.${18 + (c % 2)}.${a}`, count)
    try {
      networks.#make()
    } catch (cause) {
      networks[Symbol.dispose]()
      throw cause
    }
    return networks
  }

  address(index: number): string {
    return `${this.#net}.${index + 1}`
  }

  /** The command prefix that runs a command in network `index`. */
  inside(index: number): readonly string[] {
    return [ip(), 'netns', 'exec', this.#space(index)]
  }

  /** Drops all packets between network `index` and the others; 'in': only those it gets. This process reaches all. */
  cut(index: number, direction: 'both' | 'in' = 'both'): void {
    const others = this.#others(index)
    const rules = [
      'table inet cut {',
      `chain i { type filter hook input priority 0; ip saddr { ${others} } drop; }`,
      ...(direction === 'in' ? [] : [`chain o { type filter hook output priority 0; ip daddr { ${others} } drop; }`]),
      '}',
    ]
    this.heal(index)
    run([findProgram('nft'), '-f', '-'], this.#space(index), rules.join('\n'))
  }

  heal(index: number): void {
    run([findProgram('nft'), 'flush', 'ruleset'], this.#space(index))
  }

  /** Cuts and heals the network `times` times. */
  async flap(index: number, times: number, everyMs: number): Promise<void> {
    for (let time = 0; time < times; time++) {
      this.cut(index)
      await setTimeout(everyMs)
      this.heal(index)
      await setTimeout(everyMs)
    }
  }

  [Symbol.dispose](): void {
    for (let index = 0; index <= this.#count; index++) spawnSync(ip(), ['netns', 'delete', this.#space(index)])
    spawnSync(ip(), ['link', 'delete', `${this.#name}h`])
  }

  #space(index: number): string {
    return `${this.#name}-${index}`
  }

  #others(index: number): string {
    return Array.from({ length: this.#count }, (_, other) => other)
      .filter((other) => other !== index)
      .map((other) => this.address(other))
      .join(', ')
  }

  /** The last namespace has the bridge. Each other namespace, and the host, has one link to it. */
  #make(): void {
    const hub = this.#space(this.#count)
    run([ip(), 'netns', 'add', hub])
    run([ip(), 'link', 'add', 'bridge', 'type', 'bridge'], hub)
    run([ip(), 'link', 'set', 'bridge', 'up'], hub)
    run([ip(), 'link', 'add', `${this.#name}h`, 'type', 'veth', 'peer', 'name', 'host', 'netns', hub])
    run([ip(), 'address', 'add', `${this.#net}.254/24`, 'dev', `${this.#name}h`])
    run([ip(), 'link', 'set', `${this.#name}h`, 'up'])
    run([ip(), 'link', 'set', 'host', 'master', 'bridge', 'up'], hub)
    for (let index = 0; index < this.#count; index++) {
      const space = this.#space(index)
      run([ip(), 'netns', 'add', space])
      run([ip(), 'link', 'add', 'eth0', 'netns', space, 'type', 'veth', 'peer', 'name', `port${index}`, 'netns', hub])
      run([ip(), 'address', 'add', `${this.address(index)}/24`, 'dev', 'eth0'], space)
      run([ip(), 'link', 'set', 'eth0', 'up'], space)
      run([ip(), 'link', 'set', 'lo', 'up'], space)
      run([ip(), 'link', 'set', `port${index}`, 'master', 'bridge', 'up'], hub)
    }
  }
}

/** The name of a namespace: the common name of its networks, and the pid of their owner. */
const namePattern = /^(oxo(\d+)p[0-9a-f]+)-\d+\b/gm

function removeLeftovers(): void {
  for (const [space, name = '', pid] of output('netns', 'list').matchAll(namePattern)) {
    if (isRunning(Number(pid))) continue
    for (const inside of output('netns', 'pids', space).split('\n').filter(Boolean)) kill(Number(inside))
    spawnSync(ip(), ['netns', 'delete', space])
    spawnSync(ip(), ['link', 'delete', `${name}h`])
  }
}

function output(...args: readonly string[]): string {
  return spawnSync(ip(), args, { encoding: 'utf8' }).stdout
}

function isRunning(pid: number): boolean {
  return existsSync(`/proc/${pid}`)
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // The process has already ended.
  }
}

const ip = (): string => findProgram('ip')

function run(command: readonly string[], space?: string, input?: string): void {
  const [program = '', ...args] = space === undefined ? command : [ip(), 'netns', 'exec', space, ...command]
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8', input })
  if (status !== 0) throw new Error(`${command.join(' ')} failed: ${stderr}`)
}
