/** Feeds a target with many inputs and checks time, memory, and whether other clients are still served. */
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { seededRandom } from '../../src/base/index.ts'
import { keepInput, readCorpus } from './corpus.ts'
import { makeInput } from './mutate.ts'
import { type Attack, FuzzFinding, type Target } from './target.ts'

/** The most CPU time of the main thread for one input, in ms. A thousand commands take half of it on a slow machine. */
export const hangMs = 200
/** The most growth of resident memory in the second half, in bytes: by half-way all code paths are warm. */
export const growthBytesMax = 50 * 1024 * 1024
/** Rounds and interval (ms) in which memory may shrink again: together longer than a graceful close takes. */
const growthRounds = 12
const growthRoundMs = 500
/** Inputs between two checks that a well-behaved client is served. */
const visitEvery = 500

export interface CampaignOptions {
  readonly inputs: number
  readonly seed: number
  readonly plant: string | null
  /** Adds inputs with a new kind of reply to the corpus. */
  readonly saves: boolean
}

export interface CampaignReport {
  readonly inputs: number
  readonly kinds: number
  readonly slowestMs: number
  readonly growthBytes: number
  readonly kept: readonly string[]
}

/** The current input, for the report of a crash. */
export const current: { index: number; input: Buffer } = { index: -1, input: Buffer.alloc(0) }

/** Runs a campaign. @throws Finding about the {@link current} input */
export async function campaign(target: Target, options: CampaignOptions): Promise<CampaignReport> {
  const { inputs, seed, plant } = options
  const source = { corpus: readCorpus(target.name), words: target.words }
  await using attack = await target.open(plant, seededRandom(seed))
  const kinds = new Set<string>()
  const kept: string[] = []
  let slowestMs = 0
  let base = Infinity
  for (let index = 0; index < inputs; index++) {
    current.index = index
    current.input = makeInput(source, seed, index)
    const { kind, ms } = await timed(attack, current.input)
    slowestMs = Math.max(slowestMs, ms)
    if (!kinds.has(kind)) {
      kinds.add(kind)
      const name = options.saves ? keepInput(target.name, current.input) : null
      if (name !== null) kept.push(name)
    }
    if (index % visitEvery === visitEvery - 1) await attack.serve()
    if (index === Math.floor(inputs / 2)) base = await resident()
  }
  await attack.serve()
  const growthBytes = await growthFrom(base)
  if (growthBytes > growthBytesMax) throw new FuzzFinding(`memory grew by ${mib(growthBytes)} MiB`)
  return { inputs, kinds: kinds.size, slowestMs, growthBytes, kept }
}

/** Runs one input alone. Returns its kind and time. @throws Finding */
export async function single(target: Target, input: Buffer, plant: string | null): Promise<string> {
  await using attack = await target.open(plant, seededRandom(1))
  current.input = input
  const { kind, ms } = await timed(attack, input)
  await attack.serve()
  return `${kind}, ${ms.toFixed(1)} ms`
}

/** Repeats a slow input and takes the shortest time, to exclude other load and garbage collection. @throws Finding */
async function timed(attack: Attack, input: Buffer): Promise<{ readonly kind: string; readonly ms: number }> {
  let least = Infinity
  let kind = ''
  for (let attempt = 0; attempt < 3; attempt++) {
    const before = process.threadCpuUsage()
    const judge = await attack.give(input)
    const { user, system } = process.threadCpuUsage(before)
    kind = judge()
    least = Math.min(least, (user + system) / 1_000)
    if (least <= hangMs) return { kind, ms: least }
  }
  throw new FuzzFinding(`it hangs: ${least.toFixed(0)} ms of CPU for one input of ${input.length} bytes`)
}

/**
 * Memory growth in bytes. Waits for it to shrink, because closed connections are held for some seconds: a leak stays.
 */
async function growthFrom(base: number): Promise<number> {
  for (let round = 1; ; round++) {
    const growthBytes = Math.max(0, (await resident()) - base)
    if (growthBytes <= growthBytesMax || round === growthRounds) return growthBytes
    await sleep(growthRoundMs)
  }
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Resident memory after garbage collection, in bytes. */
async function resident(): Promise<number> {
  let least = Infinity
  for (let round = 0; round < 3; round++) {
    collect()
    await new Promise(setImmediate)
    least = Math.min(least, process.memoryUsage.rss())
  }
  return least
}

export function mib(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1)
}
