/** How long it takes from the start of the process until it says that it listens. */
import { cpSync } from 'node:fs'
import { dirname } from 'node:path'
import { JournalFolder, openMillionEvents } from './journal-file.ts'
import { median } from './samples.ts'
import { ServerProcess } from './server-process.ts'
import type { Setting } from './setting.ts'
import { oxoArgs, serverArgs } from './trials.ts'

export interface Starts {
  readonly floorMs: number
  readonly emptyMs: number
  /** With a million events, after an orderly stop. */
  readonly millionMs: number
  /** The first start ever on that journal: everything derived from it is to be built. */
  readonly millionFirstMs: number
  readonly events: number
}

const eventsWanted = 1_000_000
const eventsQuick = 100_000

export async function measureStarts(setting: Setting): Promise<Starts> {
  const { machine, rounds, isQuick } = setting
  const events = isQuick ? eventsQuick : eventsWanted
  setting.say(`building a journal of ${events} events, unless it is there`)
  const cached = await openMillionEvents(machine.folder, events)
  using million = new JournalFolder(machine.folder)
  cpSync(dirname(cached), dirname(million.file), { recursive: true })
  const millionFirstMs = await measure(oxoArgs(million.file))
  const floor: number[] = []
  const empty: number[] = []
  const again: number[] = []
  for (let round = 0; round < Math.max(3, rounds); round++) {
    using folder = new JournalFolder(machine.folder)
    floor.push(await measure(serverArgs('floor', '')))
    empty.push(await measure(oxoArgs(folder.file)))
    again.push(await measure(oxoArgs(million.file)))
  }
  return { floorMs: median(floor), emptyMs: median(empty), millionMs: median(again), millionFirstMs, events }
}

async function measure(args: readonly string[]): Promise<number> {
  await using server = await ServerProcess.start({ pin: [], args })
  return server.startMs
}
