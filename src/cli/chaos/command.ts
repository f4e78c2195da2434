/** `oxo chaos`: runs a fault-injecting proxy until the process is stopped. */
import { errorCode } from '../../base/node/index.ts'
import type { ChaosFault } from './lane.ts'
import type { ChaosPlan, ChaosSettings, Direction } from './plan.ts'
import { type ChaosProxy, openChaos } from './proxy.ts'
import { Stop } from '../../server/stop.ts'
import { listenForSignals } from '../signals.ts'

/** Resolves when a signal has stopped the proxy. @throws Stop */
export async function chaos(settings: ChaosSettings): Promise<void> {
  const { seed, delay, reorder, duplicate, cut, cutAt, throttle, listen, host, to, quiet } = settings
  const plan: ChaosPlan = { seed, delayMs: delay, reorder, duplicate, cut, cutAt, bytesPerSecond: throttle }
  const asked = listenForSignals()
  await using proxy = await open({
    plan,
    host,
    port: listen,
    to: () => to,
    ...(quiet === true ? {} : { hear: printFault }),
  })
  process.stdout.write(makeBanner(plan, proxy.port, to))
  await asked
  process.stdout.write(makeSummary(proxy))
}

async function open(options: Parameters<typeof openChaos>[0]): Promise<ChaosProxy> {
  try {
    return await openChaos(options)
  } catch (cause) {
    const reason = errorCode(cause) ?? String(cause)
    const sentence = `The proxy cannot listen on ${options.host} port ${options.port} (${reason}): choose another with --listen.`
    throw new Stop('failed', sentence, { cause })
  }
}

const descriptions: Readonly<Record<ChaosFault, string>> = {
  cut: 'cut',
  duplicated: 'sent twice',
  reordered: 'overtaken',
}

function printFault(fault: ChaosFault, direction: Direction, connection: number): void {
  console.log(
    `connection ${connection}: a message ${direction === 'up' ? 'to' : 'from'} the server was ${descriptions[fault]}`,
  )
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
  const what = faults.length > 0 ? `seed ${seed}: ${faults.join('; ')}` : 'no faults: see `oxo chaos --help`'
  return `Chaos is listening on http://localhost:${port}, and forwards to ${to.host}:${to.port}; ${what}. Ctrl-C stops.\n`
}

function percent(share: number): string {
  return `${Math.round(share * 1_000) / 10}%`
}

function makeSummary({ tally }: ChaosProxy): string {
  const { connections, messages, cut, duplicated, reordered } = tally
  return `${connections} connections, ${messages} messages: ${cut} cut, ${duplicated} sent twice, ${reordered} overtaken\n`
}
