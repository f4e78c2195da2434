/** Plays a transcript with a server, over one protocol. */
import { Bindings, type Step, type Transcript, type TranscriptProtocol } from './transcript.ts'
import { openWire, type TestConnection } from './wire.ts'
import type { Endpoint } from './endpoint.ts'

/** @throws Error with the line of the transcript and what was received instead. */
export async function playTranscript(
  transcript: Transcript,
  protocol: TranscriptProtocol,
  place: Endpoint,
): Promise<void> {
  const player = new TranscriptPlayer(protocol, place)
  try {
    for (const step of transcript.steps) await player.play(step)
    player.assertNothingLeft()
  } finally {
    player.close()
  }
}

class TranscriptPlayer {
  readonly #protocol: TranscriptProtocol
  readonly #place: Endpoint
  readonly #bindings = new Bindings()
  readonly #wires = new Map<string, TestConnection>()
  readonly #tokens = new Map<string, string>()

  constructor(protocol: TranscriptProtocol, place: Endpoint) {
    this.#protocol = protocol
    this.#place = place
  }

  async play(step: Step): Promise<void> {
    if (this.#protocol === 'http' && (step.does === 'is closed' || isNotification(step))) return
    try {
      const difference = await this.#play(step)
      if (difference !== null) throw new Error(difference)
    } catch (cause) {
      throw new Error(`line ${step.line}, ${this.#protocol}: ${step.who} ${step.does} ${step.text}`, { cause })
    }
  }

  /** @throws if messages were received that are not in the transcript. */
  assertNothingLeft(): void {
    for (const [who, { inbox }] of this.#wires) {
      const rest = inbox.rest().filter((text) => !isPresence(text))
      if (rest.length > 0) throw new Error(`${this.#protocol}: at the end ${who} had also received ${rest.join('\n')}`)
    }
  }

  close(): void {
    for (const wire of this.#wires.values()) wire.close()
  }

  /** Returns a description of the difference, or null. */
  async #play({ who, does, text }: Step): Promise<string | null> {
    const wire = await this.#wireOf(who)
    switch (does) {
      case 'says':
        wire.send(this.#bindings.fill(text))
        return null
      case 'hears':
        return this.#expect(who, wire, text)
      case 'is closed': {
        const code = await wire.inbox.end()
        this.#wires.delete(who)
        return this.#protocol === 'websocket' ? this.#bindings.compare(Number(text), code) : null
      }
      case 'leaves':
        wire.close()
        this.#wires.delete(who)
        return null
    }
  }

  async #expect(who: string, wire: TestConnection, expected: string): Promise<string | null> {
    let received = await wire.inbox.next()
    while (isPresence(received) && !isPresence(expected)) received = await wire.inbox.next()
    if (this.#protocol === 'text') return this.#bindings.compare(expected, received)
    const token = /"token":"([^"]+)"/.exec(received)?.[1]
    if (token !== undefined) this.#tokens.set(who, token)
    const difference = this.#bindings.compare(JSON.parse(expected), parse(received))
    return difference === null ? null : `${difference}, in ${received}`
  }

  async #wireOf(who: string): Promise<TestConnection> {
    const open = this.#wires.get(who)
    if (open !== undefined) return open
    const wire = await openWire(this.#protocol, this.#place, () => this.#tokens.get(who))
    this.#wires.set(who, wire)
    return wire
  }
}

function isNotification({ does, text }: Step): boolean {
  return does === 'hears' && text.includes('"method":')
}

/**
 * Presence notifications may be lost and may arrive at any time: they are skipped unless the transcript expects one.
 */
function isPresence(text: string): boolean {
  return text.includes('"method":"game.presence"')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
