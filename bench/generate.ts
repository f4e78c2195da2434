/** A load generator: a process that executes one plan and prints the outcome as JSON. */
import { openBoardgame } from './drivers/boardgame.ts'
import { openColyseus } from './drivers/colyseus.ts'
import { openFloor } from './drivers/floor.ts'
import { openOxo } from './drivers/oxo.ts'
import { Links } from './lib/link.ts'
import { openJoinedLines, openRawLines } from './lib/lines.ts'
import { type Driver, Loop } from './lib/loop.ts'
import { GeneratorMeter } from './lib/generator-meter.ts'
import type { LoadPlan } from './lib/plan.ts'
import { openWebSocket } from './lib/websocket.ts'

/** In ms; if no move arrives for this long, one is lost. */
const stalledMs = 10_000

const plan = JSON.parse(process.argv[2] ?? '') as LoadPlan
const links = new Links(plan.port, (reason) => fail(reason))
const meter = new GeneratorMeter(plan)
const loop = new Loop(plan.pairs, meter)
watch()
loop.drive(await open())
await run()
links.close()
process.stdout.write(`${JSON.stringify(meter.outcome(loop))}\n`, () => process.exit(0))

async function run(): Promise<void> {
  const { prepared, seconds, warmUpSeconds, rate } = plan
  if (prepared === 0) {
    await loop.playWhole(warmUpSeconds)
    meter.restart(loop)
    return loop.playWhole(seconds)
  }
  const play = async (left: number): Promise<void> => {
    await loop.prepare(prepared)
    await (rate === undefined ? loop.playClosed(prepared, left) : loop.playOpen(prepared, left, rate))
  }
  while (meter.seconds < warmUpSeconds) await play(warmUpSeconds - meter.seconds)
  meter.restart(loop)
  while (meter.seconds < seconds * 0.98) await play(seconds - meter.seconds)
}

function open(): Promise<Driver> {
  const { connections, contender, port } = plan
  switch (contender) {
    case 'floor':
      return openFloor(links, loop)
    case 'oxo-lines':
      return openOxo((handle) => openRawLines(links, handle), connections, loop)
    case 'oxo-pipelined':
      return openOxo((handle) => openJoinedLines(links, handle), connections, loop)
    case 'oxo-websocket':
      return openOxo(
        async (handle) => {
          const wire = await openWebSocket(links, '/ws', ({ data, start, end }) =>
            handle(data.toString('latin1', start, end)),
          )
          return { send: (message) => wire.sendText(message) }
        },
        connections,
        loop,
      )
    case 'colyseus':
    case 'colyseus-shipped':
      return openColyseus(links, loop, port)
    case 'boardgame.io':
      return openBoardgame(links, loop)
  }
}

function watch(): void {
  let seen = -1
  setInterval(() => {
    const now = loop.progress
    if (now === seen) fail(`stalled: nothing received for ${stalledMs} ms after ${loop.acknowledged} moves`)
    seen = now
  }, stalledMs).unref()
}

function fail(reason: string): never {
  process.stderr.write(`load generator (${plan.contender}): ${reason}\n`)
  process.exit(1)
}
