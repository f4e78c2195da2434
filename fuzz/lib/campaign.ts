/** Gives a target many inputs and watches the process meanwhile: time, memory, and whether others are still served. */
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { seededRandom } from '../../src/base/index.ts'
import { keepInput, readCorpus } from './corpus.ts'
import { makeInput } from './mutate.ts'
import { type Attack, Finding, type Target } from './target.ts'

/** The most CPU time that one input may take of the loop's thread, in ms: a thousand commands take half of it on a slow machine. */
export const hangMs = 200
/** How much more memory may be resident at the end than half way, when every path has been warm. */
export const growthBytesMax = 50 * 1024 * 1024
/** How often it is looked again whether it shrinks, and how long after, in ms: longer in all than a farewell takes. */
const growthLooks = 12
const growthLookMs = 500
/** Inputs between two visits of somebody who means well. */
const visitEvery = 500

export interface CampaignOptions {
  readonly inputs: number
  readonly seed: number
  readonly plant: string | null
  /** Keeps inputs that did something new. */
  readonly saves: boolean
}

export interface Report {
  readonly inputs: number
  readonly kinds: number
  readonly slowestMs: number
  readonly growthBytes: number
  readonly kept: readonly string[]
}

/** What was under way, for whoever reports a crash. */
export const underWay: { index: number; input: Buffer } = { index: -1, input: Buffer.alloc(0) }

/** @throws Finding, whose input is {@link underWay}. */
export async function campaign(target: Target, options: CampaignOptions): Promise<Report> {
  const { inputs, seed, plant } = options
  const source = { corpus: readCorpus(target.name), words: target.words }
  await using attack = await target.open(plant, seededRandom(seed))
  const kinds = new Set<string>()
  const kept: string[] = []
  let slowestMs = 0
  let base = Infinity
  for (let index = 0; index < inputs; index++) {
    underWay.index = index
    underWay.input = makeInput(source, seed, index)
    const { kind, ms } = await timed(attack, underWay.input)
    slowestMs = Math.max(slowestMs, ms)
    if (!kinds.has(kind)) {
      kinds.add(kind)
      const name = options.saves ? keepInput(target.name, underWay.input) : null
      if (name !== null) kept.push(name)
    }
    if (index % visitEvery === visitEvery - 1) await attack.serve()
    if (index === Math.floor(inputs / 2)) base = await resident()
  }
  await attack.serve()
  const growthBytes = await growthFrom(base)
  if (growthBytes > growthBytesMax) throw new Finding(`memory grew by ${mib(growthBytes)} MiB`)
  return { inputs, kinds: kinds.size, slowestMs, growthBytes, kept }
}

/** One input alone, as many times as it takes to be sure of its time. */
export async function single(target: Target, input: Buffer, plant: string | null): Promise<string> {
  await using attack = await target.open(plant, seededRandom(1))
  underWay.input = input
  const { kind, ms } = await timed(attack, input)
  await attack.serve()
  return `${kind}, ${ms.toFixed(1)} ms`
}

/** The least of a few tries: what a busy machine or a collection of garbage takes is not the input's. */
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
  throw new Finding(`it hangs: ${least.toFixed(0)} ms of CPU for one input of ${input.length} bytes`)
}

/** A connection that is over is held for some seconds, in which a busy machine opens many: what is a leak stays for longer. */
async function growthFrom(base: number): Promise<number> {
  for (let looks = 1; ; looks++) {
    const growthBytes = Math.max(0, (await resident()) - base)
    if (growthBytes <= growthBytesMax || looks === growthLooks) return growthBytes
    await sleep(growthLookMs)
  }
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Resident bytes when everything that can go is gone. */
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
