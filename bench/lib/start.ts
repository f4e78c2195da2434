/** Measures the time from the start of the process until it prints that it listens, and until it has answered HTTP. */
import { once } from 'node:events'
import { cpSync } from 'node:fs'
import { get } from 'node:http'
import { dirname } from 'node:path'
import { JournalFolder, openMillionEvents } from './journal-file.ts'
import { median } from './samples.ts'
import { MeasuredServer } from './server-process.ts'
import type { Setting } from './setting.ts'
import { oxoArgs, serverArgs } from './trials.ts'
import { readResident } from './usage.ts'

export interface Starts {
  readonly floorMs: number
  readonly emptyMs: number
  /** Until `/readyz` has been answered: the HTTP code is loaded after the first line of output. */
  readonly readyMs: number
  /** Resident memory at that time, in bytes. */
  readonly floorResident: number
  readonly emptyResident: number
  /** With a million events, after a graceful stop. */
  readonly millionMs: number
  /** The very first start on that journal, which builds everything that is derived from it. */
  readonly millionFirstMs: number
  readonly events: number
}

const eventsWanted = 1_000_000
const eventsQuick = 100_000

export async function measureStarts(setting: Setting): Promise<Starts> {
  const { machine, rounds, isQuick } = setting
  const events = isQuick ? eventsQuick : eventsWanted
  setting.log(`building a journal of ${events} events, unless it exists`)
  const cached = await openMillionEvents(machine.folder, events)
  using million = new JournalFolder(machine.folder)
  cpSync(dirname(cached), dirname(million.file), { recursive: true })
  const first = await measure(oxoArgs(million.file))
  const floor: Start[] = []
  const empty: Start[] = []
  const again: Start[] = []
  for (let round = 0; round < Math.max(5, rounds); round++) {
    using folder = new JournalFolder(machine.folder)
    floor.push(await measure(serverArgs('floor', '')))
    empty.push(await measure(oxoArgs(folder.file), askReady))
    again.push(await measure(oxoArgs(million.file)))
  }
  const medianOf = (starts: readonly Start[], key: keyof Start): number => median(starts.map((start) => start[key]))
  return {
    floorMs: medianOf(floor, 'listeningMs'),
    floorResident: medianOf(floor, 'resident'),
    emptyMs: medianOf(empty, 'listeningMs'),
    readyMs: medianOf(empty, 'readyMs'),
    emptyResident: medianOf(empty, 'resident'),
    millionMs: medianOf(again, 'listeningMs'),
    millionFirstMs: first.listeningMs,
    events,
  }
}

interface Start {
  readonly listeningMs: number
  readonly readyMs: number
  readonly resident: number
}

async function measure(args: readonly string[], ask = async (_port: number): Promise<void> => {}): Promise<Start> {
  await using server = await MeasuredServer.start({ pin: [], args })
  const begun = performance.now()
  await ask(server.port)
  const readyMs = server.startMs + performance.now() - begun
  return { listeningMs: server.startMs, readyMs, resident: readResident(server.pid) }
}

async function askReady(port: number): Promise<void> {
  const [response] = await once(get({ host: '127.0.0.1', port, path: '/readyz' }), 'response')
  if (response.statusCode !== 200) throw new Error(`/readyz answered ${response.statusCode}`)
  response.resume()
}
