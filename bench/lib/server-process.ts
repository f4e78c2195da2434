/** A server under measurement, on chosen cores; it ends in order, so that its journal is whole. */
import { ServerProcess } from '../../e2e/lib/server-process.ts'
import { readResident } from './usage.ts'

export interface ServerCommand {
  readonly pin: readonly string[]
  readonly args: readonly string[]
  /** Needed for `memory`, which collects garbage first. Costs nothing on the hot path, but is off when speed is measured. */
  readonly probe?: boolean
}

/** In bytes, after a garbage collection. */
export interface Memory {
  /** Resident memory less the free space of the collector: up to 32 MiB for new objects, which depend on load, not on stored state. */
  readonly resident: number
  /** The used heaps of all threads, including buffers. Garbage is collected first in the main thread only. */
  readonly heap: number
}

/** The probe's answer, in bytes. */
interface Answer {
  readonly held: number
  readonly free: number
}

const probe = new URL('probe.ts', import.meta.url).pathname

export class MeasuredServer implements AsyncDisposable {
  readonly #server: ServerProcess

  private constructor(server: ServerProcess) {
    this.#server = server
  }

  static async start({ pin, args, probe: isAsked = false }: ServerCommand): Promise<MeasuredServer> {
    const flags = isAsked ? ['--expose-gc', '--import', probe] : []
    return new MeasuredServer(await ServerProcess.start([...flags, ...args], { under: pin, isAsked }))
  }

  get port(): number {
    return this.#server.port
  }

  /** Time from the spawn until the server printed that it listens, in ms. */
  get startMs(): number {
    return this.#server.startMs
  }

  /** The server's own process id: `taskset` replaces itself by the server. */
  get pid(): number {
    return this.#server.pid
  }

  /** Requires `probe`. */
  async memory(): Promise<Memory> {
    const { held, free } = (await this.#server.ask('memory')) as Answer
    return { heap: held, resident: readResident(this.pid) - free }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.kill('SIGTERM')
  }
}
