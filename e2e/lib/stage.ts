/** Plays a transcript against a server, over one protocol. */
import { Bindings, type Step, type Transcript, type TranscriptProtocol } from './transcript.ts'
import { openWire, type Place, type Wire } from './wire.ts'

/** @throws an error that names the line and says what was heard instead. */
export async function playTranscript(
  transcript: Transcript,
  protocol: TranscriptProtocol,
  place: Place,
): Promise<void> {
  const stage = new Stage(protocol, place)
  try {
    for (const step of transcript.steps) await stage.play(step)
    stage.assertSilence()
  } finally {
    stage.close()
  }
}

class Stage {
  readonly #protocol: TranscriptProtocol
  readonly #place: Place
  readonly #bindings = new Bindings()
  readonly #wires = new Map<string, Wire>()
  readonly #tokens = new Map<string, string>()

  constructor(protocol: TranscriptProtocol, place: Place) {
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

  /** What was heard and is not in the transcript is an error too. */
  assertSilence(): void {
    for (const [who, { inbox }] of this.#wires) {
      const rest = inbox.rest().filter((text) => !isPresence(text))
      if (rest.length > 0) throw new Error(`${this.#protocol}: at the end ${who} had also heard ${rest.join('\n')}`)
    }
  }

  close(): void {
    for (const wire of this.#wires.values()) wire.close()
  }

  /** Null, or what is wrong. */
  async #play({ who, does, text }: Step): Promise<string | null> {
    const wire = await this.#wireOf(who)
    switch (does) {
      case 'says':
        wire.say(this.#bindings.fill(text))
        return null
      case 'hears':
        return this.#hear(who, wire, text)
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

  async #hear(who: string, wire: Wire, expected: string): Promise<string | null> {
    let heard = await wire.inbox.next()
    while (isPresence(heard) && !isPresence(expected)) heard = await wire.inbox.next()
    if (this.#protocol === 'text') return this.#bindings.compare(expected, heard)
    const token = /"token":"([^"]+)"/.exec(heard)?.[1]
    if (token !== undefined) this.#tokens.set(who, token)
    const difference = this.#bindings.compare(JSON.parse(expected), parse(heard))
    return difference === null ? null : `${difference}, in ${heard}`
  }

  async #wireOf(who: string): Promise<Wire> {
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

/** Presence may be lost and may come at any time, so transcripts say nothing about it unless they mean it. */
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
