/** Plays a transcript with a server, over one protocol. */
import { sleep, holdingClock } from '../base/index.ts'
import { Bindings, rulesOf, rulesOfSilence } from './difference.ts'
import type { Endpoint } from './endpoint.ts'
import type { Step, Transcript, TranscriptProtocol } from './transcript.ts'
import { openWire, patienceMs, type TestConnection } from './wire.ts'

/** What differs, where, and by which rules of docs/SPEC.md. */
export class Nonconformity extends Error {
  readonly rules: readonly string[]

  constructor(message: string, rules: readonly string[], options?: ErrorOptions) {
    super(message, options)
    this.rules = [...new Set(rules)]
  }
}

export interface TranscriptOptions {
  readonly protocol: TranscriptProtocol
  readonly place: Endpoint
  /** How long an answer may take. */
  readonly patience?: number
  /** Whether the sentence of an error may be another one, as the protocol allows. By default not. */
  readonly anySentence?: boolean
}

/** @throws Nonconformity with the line of the transcript and what was received instead. */
export async function playTranscript(transcript: Transcript, options: TranscriptOptions): Promise<void> {
  const player = new TranscriptPlayer(options)
  try {
    for (const step of transcript.steps) await player.play(step)
    player.assertNothingLeft(transcript.rules)
  } finally {
    player.close()
  }
}

class TranscriptPlayer {
  readonly #options: TranscriptOptions
  readonly #bindings = new Bindings()
  readonly #wires = new Map<string, TestConnection>()
  readonly #tokens = new Map<string, string>()
  /** What was sent last on each connection: sent again if the server says that it came too early. */
  readonly #sent = new Map<string, string>()

  constructor(options: TranscriptOptions) {
    this.#options = options
  }

  async play(step: Step): Promise<void> {
    const { protocol } = this.#options
    if (protocol === 'http' && (step.does === 'is closed' || isNotification(step))) return
    try {
      await this.#play(step)
    } catch (cause) {
      const { message, rules } = cause instanceof Nonconformity ? cause : silenceOf(step, cause)
      const where = `line ${step.line}, ${protocol}: ${step.who} ${step.does} ${step.text}`
      throw new Nonconformity(`${where}\n${message}`, [...step.rules, ...rules], { cause })
    }
  }

  /** @throws Nonconformity if messages were received that are not in the transcript. */
  assertNothingLeft(rules: readonly string[]): void {
    for (const [who, { inbox }] of this.#wires) {
      const rest = inbox.rest().filter((text) => !isPassedOver(text, this.#options.protocol))
      if (rest.length === 0) continue
      const message = `${this.#options.protocol}: at the end ${who} had also received ${rest.join('\n')}`
      throw new Nonconformity(message, [...rules, 'S2'])
    }
  }

  close(): void {
    for (const wire of this.#wires.values()) wire.close()
  }

  async #play({ who, does, text }: Step): Promise<void> {
    const wire = await this.#wireOf(who)
    switch (does) {
      case 'says': {
        const filled = this.#bindings.fill(text)
        this.#sent.set(who, filled)
        return wire.send(filled)
      }
      case 'hears':
        return this.#expect(who, wire, text)
      case 'is closed': {
        const code = await wire.inbox.end()
        this.#wires.delete(who)
        if (this.#options.protocol === 'websocket') assertSame(this.#bindings.compare(Number(text), code), ['W11'])
        return
      }
      case 'leaves':
        wire.close()
        this.#wires.delete(who)
    }
  }

  async #expect(who: string, wire: TestConnection, expected: string): Promise<void> {
    const { protocol, anySentence = false } = this.#options
    let received = await wire.inbox.next()
    while (!isPresence(expected) && isPassedOver(received, protocol)) received = await wire.inbox.next()
    if (protocol === 'text') {
      const wanted = anySentence ? expected.replace(/^(ERR \d+ [a-z-]+): .*/, '$1: *') : expected
      return assertSame(this.#bindings.compare(wanted, received), ['T5'])
    }
    const wait = waitIn(received)
    if (wait !== null) {
      await sleep(holdingClock, wait)
      wire.send(this.#sent.get(who) ?? '')
      return this.#expect(who, wire, expected)
    }
    const token = /"token":"([^"]+)"/.exec(received)?.[1]
    if (token !== undefined) this.#tokens.set(who, token)
    const difference = this.#bindings.compare(JSON.parse(expected), parse(received))
    if (difference !== null)
      throw new Nonconformity(`${difference}, in ${received}`, rulesOf(expected, received, difference))
  }

  async #wireOf(who: string): Promise<TestConnection> {
    const open = this.#wires.get(who)
    if (open !== undefined) return open
    const { protocol, place, patience = patienceMs } = this.#options
    const wire = await openWire(protocol, place, () => this.#tokens.get(who), patience)
    this.#wires.set(who, wire)
    return wire
  }
}

function assertSame(difference: string | null, rules: readonly string[]): void {
  if (difference !== null) throw new Nonconformity(difference, rules)
}

/** Nothing came, or the connection ended. */
function silenceOf(
  { does, text }: Step,
  cause: unknown,
): { readonly message: string; readonly rules: readonly string[] } {
  const message = cause instanceof Error ? cause.message : String(cause)
  if (does !== 'hears') return { message, rules: ['W36'] }
  return { message, rules: /closed/.test(message) ? ['W36'] : rulesOfSilence(text) }
}

function isNotification({ does, text }: Step): boolean {
  return does === 'hears' && text.includes('"method":')
}

/** Presence notifications may be lost and may arrive at any time; an empty line of JSON lines is a heartbeat. */
function isPassedOver(text: string, protocol: TranscriptProtocol): boolean {
  return isPresence(text) || (protocol === 'lines' && text === '')
}

function isPresence(text: string): boolean {
  return text.includes('"method":"game.presence"')
}

/** How long to wait if the server refuses a request because of its rate, in ms; null: it does not. */
function waitIn(received: string): number | null {
  if (!received.includes('"error"')) return null
  const { error } = parse(received) as Refused
  return error?.data?.name === 'rate-limited' ? (error.data.retryAfterMs ?? 1_000) : null
}

interface Refused {
  readonly error?: { readonly data?: { readonly name?: string; readonly retryAfterMs?: number } }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
