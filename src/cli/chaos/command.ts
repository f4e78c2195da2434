/** `oxo chaos`: a fault proxy for as long as the process is wanted. */
import type { ChaosSettings } from './options.ts'
import type { Mishap } from './lane.ts'
import type { ChaosPlan, Direction } from './plan.ts'
import { type ChaosProxy, openChaos } from './proxy.ts'
import { exitCodes, Stop } from '../../server/stop.ts'

/** Resolves after a signal. @throws Stop */
export async function chaos(settings: ChaosSettings): Promise<void> {
  const { seed, delay, reorder, duplicate, cut, cutAt, throttle, listen, host, to, quiet } = settings
  const plan: ChaosPlan = { seed, delayMs: delay, reorder, duplicate, cut, cutAt, bytesPerSecond: throttle }
  const asked = listenForSignals()
  await using proxy = await open({ plan, host, port: listen, to: () => to, ...(quiet === true ? {} : { hear: tell }) })
  process.stdout.write(makeBanner(plan, proxy.port, to))
  await asked
  process.stdout.write(makeSummary(proxy))
}

async function open(options: Parameters<typeof openChaos>[0]): Promise<ChaosProxy> {
  try {
    return await openChaos(options)
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
    const sentence = `Port ${options.port} of ${options.host} cannot be had (${reason}): choose another with --listen.`
    throw new Stop('failed', sentence, { cause })
  }
}

const told: Readonly<Record<Mishap, string>> = { cut: 'cut', duplicated: 'sent twice', reordered: 'overtaken' }

function tell(mishap: Mishap, direction: Direction, connection: number): void {
  console.log(
    `connection ${connection}: a message ${direction === 'up' ? 'to' : 'from'} the server was ${told[mishap]}`,
  )
}

/** Resolves once the process is asked to end; asked again it ends at once. */
function listenForSignals(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
    process.on(signal, () => {
      process.on(signal, () => process.exit(exitCodes.failed))
      resolve()
    })
  return promise
}

function makeBanner(plan: ChaosPlan, port: number, to: ChaosSettings['to']): string {
  const { seed, delayMs, reorder, duplicate, cut, cutAt, bytesPerSecond } = plan
  const faults = [
    delayMs.most > 0 && `delay ${delayMs.least}–${delayMs.most} ms`,
    bytesPerSecond !== null && `${bytesPerSecond} bytes a second`,
    cut > 0 && `${percent(cut)} cut`,
    cutAt !== null && `the first connection cut after ${cutAt.bytes} bytes ${cutAt.direction}`,
    duplicate > 0 && `${percent(duplicate)} duplicated`,
    reorder > 0 && `${percent(reorder)} reordered`,
  ].filter((fault) => fault !== false)
  const what =
    faults.length > 0 ? `seed ${seed}: ${faults.join('; ')}` : 'nothing goes wrong yet: see `oxo chaos --help`'
  return `Chaos is listening on http://localhost:${port} before ${to.host}:${to.port}; ${what}. Ctrl-C stops.\n`
}

function percent(share: number): string {
  return `${Math.round(share * 1_000) / 10}%`
}

function makeSummary({ tally }: ChaosProxy): string {
  const { connections, messages, cut, duplicated, reordered } = tally
  return `${connections} connections, ${messages} messages: ${cut} cut, ${duplicated} sent twice, ${reordered} overtaken\n`
}
