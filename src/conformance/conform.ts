/** Checks a server: plays every transcript, and tries the rules of the wire, over each protocol that it answers. */
import { readdirSync, readFileSync } from 'node:fs'
import { AssertionError } from 'node:assert/strict'
import { Caller, type WireCheck, type CheckedServer } from './check.ts'
import type { Endpoint } from './endpoint.ts'
import { lineChecks } from './line-checks.ts'
import { sharedChecks } from './shared-checks.ts'
import { Nonconformity, playTranscript } from './transcript-player.ts'
import { parseTranscript, type Transcript, type TranscriptProtocol, transcriptProtocols } from './transcript.ts'
import { webChecks } from './web-checks.ts'
import { openLinesConnection } from './wire.ts'

export interface ConformanceResult {
  readonly id: string
  readonly title: string
  readonly protocol: TranscriptProtocol
  readonly outcome: 'passed' | 'failed' | 'not checked'
  /** Of docs/SPEC.md: those that it checks; of a failure those that are broken. */
  readonly rules: readonly string[]
  /** Why it failed or was not checked. */
  readonly reason?: string
}

export interface ConformOptions extends CheckedServer {
  /** Starts a server without games; null: there is none, and what needs one is not checked. */
  readonly startEmpty: (() => Promise<EmptyServer>) | null
  /** Only these, if the server answers them. By default all. */
  readonly protocols?: readonly TranscriptProtocol[]
  readonly onResult?: (result: ConformanceResult) => void
}

export interface EmptyServer extends AsyncDisposable {
  readonly place: Endpoint
}

export interface Conformance {
  /** What the server calls itself. */
  readonly server: string
  /** Those that it answers. */
  readonly protocols: readonly TranscriptProtocol[]
  readonly results: readonly ConformanceResult[]
}

/** Null: it answers no protocol. */
export async function conform(options: ConformOptions): Promise<Conformance | null> {
  const protocols: TranscriptProtocol[] = []
  for (const protocol of options.protocols ?? transcriptProtocols)
    if (await answers(options, protocol)) protocols.push(protocol)
  const [first] = protocols
  if (first === undefined) return null
  const results: ConformanceResult[] = []
  for (const item of listItems()) {
    const result = protocols.includes(item.protocol) ? await resultOf(item, options) : unanswered(item)
    results.push(result)
    options.onResult?.(result)
  }
  return { server: await nameOf(options, protocols), protocols, results }
}

interface Item extends WireCheck {
  readonly needsEmptyServer: boolean
}

function listItems(): readonly Item[] {
  const played = loadTranscripts().flatMap(({ name, transcript }) =>
    transcript.protocols.map((protocol) => itemOf(name, transcript, protocol)),
  )
  const checks = [...lineChecks, ...webChecks, ...sharedChecks]
  return [...played, ...checks.map((check) => ({ ...check, needsEmptyServer: false }))]
}

function itemOf(name: string, transcript: Transcript, protocol: TranscriptProtocol): Item {
  const { title, rules, needsEmptyServer } = transcript
  const run = ({ place, patience }: CheckedServer): Promise<void> =>
    playTranscript(transcript, { protocol, place, patience, anySentence: true })
  return { id: `${protocol}: transcript ${name}`, title, rules, protocol, needsEmptyServer, run }
}

/** The transcripts of the package. The path is the same from `src` and from `dist`. */
export function loadTranscripts(): readonly { readonly name: string; readonly transcript: Transcript }[] {
  const folder = new URL('../../spec/transcripts/', import.meta.url)
  return readdirSync(folder)
    .filter((file) => file.endsWith('.txt'))
    .toSorted()
    .map((file) => ({
      name: file.replace('.txt', ''),
      transcript: parseTranscript(readFileSync(new URL(file, folder), 'utf8')),
    }))
}

function unanswered({ id, title, protocol, rules }: Item): ConformanceResult {
  return { id, title, protocol, rules, outcome: 'not checked', reason: 'the server does not answer this protocol' }
}

async function resultOf(item: Item, { place, patience, startEmpty }: ConformOptions): Promise<ConformanceResult> {
  const { id, title, protocol, rules, needsEmptyServer } = item
  if (needsEmptyServer && startEmpty === null)
    return { id, title, protocol, rules, outcome: 'not checked', reason: 'it needs an empty server: use --start' }
  try {
    if (!needsEmptyServer || startEmpty === null) await item.run({ place, patience })
    else {
      await using server = await startEmpty()
      await item.run({ place: server.place, patience })
    }
    return { id, title, protocol, rules, outcome: 'passed' }
  } catch (cause) {
    const broken = cause instanceof Nonconformity ? cause.rules : rules
    return { id, title, protocol, rules: broken, outcome: 'failed', reason: describe(cause) }
  }
}

function describe(cause: unknown): string {
  if (!(cause instanceof AssertionError)) return cause instanceof Error ? cause.message : String(cause)
  const [sentence = ''] = cause.message.split('\n')
  const isComparison = /[eE]qual$/.test(cause.operator)
  return isComparison ? `${sentence}: ${show(cause.expected)} was expected, ${show(cause.actual)} received` : sentence
}

const show = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 1_000)

/** Whether the server answers the simplest request of the protocol. */
async function answers(target: CheckedServer, protocol: TranscriptProtocol): Promise<boolean> {
  try {
    if (protocol === 'text') return await answersText(target)
    using caller = await Caller.open(target, protocol)
    return (await caller.ask('ping')).error === undefined
  } catch {
    return false
  }
}

async function answersText({ place, patience }: CheckedServer): Promise<boolean> {
  const connection = await openLinesConnection(place, patience)
  try {
    connection.send('board')
    return (await connection.inbox.next()).startsWith('BOARD ')
  } finally {
    connection.close()
  }
}

async function nameOf(target: CheckedServer, protocols: readonly TranscriptProtocol[]): Promise<string> {
  const protocol = protocols.find((each) => each !== 'text')
  if (protocol === undefined) return 'a server of the text protocol'
  using caller = await Caller.open(target, protocol)
  const { result } = await caller.ask('hello')
  const name = result?.['server']
  return typeof name === 'string' ? name : 'a server without a name'
}
