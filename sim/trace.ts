/** All events of a simulation in order: always as a hash, and as a list if requested. */

/** One event at one place. */
export interface Note {
  readonly at: number
  /** The place and column in the diagram: a client, a node or the journal. */
  readonly where: string
  readonly what: string
  readonly kind: NoteKind
  /** For the arrival of a message: the note of its sending. */
  readonly from?: Note
}

/** plain: a normal event. fault: an injected fault. end: an operation has its answer. wrong: a check failed. */
export type NoteKind = 'plain' | 'fault' | 'end' | 'wrong'

export class Trace {
  readonly notes: Note[] = []
  readonly #keeps: boolean
  #high = 0x811c9dc5
  #low = 0x1b873593

  constructor(keeps: boolean) {
    this.#keeps = keeps
  }

  /** 64 bits of everything noted so far (FNV-1a, twice). */
  get hash(): string {
    return [this.#high, this.#low].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
  }

  note(
    at: number,
    where: string,
    what: string,
    more: { readonly kind?: NoteKind; readonly from?: Note | null } = {},
  ): Note | null {
    this.#mix(at, where)
    this.#mix(what.length, what)
    if (!this.#keeps) return null
    const { kind = 'plain', from } = more
    const note: Note = { at, where, what, kind, ...(from === undefined || from === null ? {} : { from }) }
    this.notes.push(note)
    return note
  }

  #mix(number: number, text: string): void {
    let high = Math.imul(this.#high ^ number, 0x01000193)
    let low = Math.imul(this.#low ^ number, 0x85ebca6b)
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index)
      high = Math.imul(high ^ code, 0x01000193)
      low = Math.imul(low ^ code, 0x85ebca6b)
    }
    this.#high = high
    this.#low = low ^ (low >>> 15)
  }
}
