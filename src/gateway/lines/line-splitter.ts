/** Bytes into lines: LF ends one, a CR before it is dropped, UTF-8 is checked, length is bounded. */
import { isUtf8 } from 'node:buffer'

/** Why a stream of lines cannot go on. */
export type BrokenLine = 'too-large' | 'not-utf8'

const lf = 0x0a
/** Pieces of one line that are kept apart: a buffer of one byte takes a hundred. */
const piecesMax = 32

export class LineSplitter {
  readonly #lineBytesMax: number
  /** The beginning of a line whose end has not arrived. */
  #rest: Buffer[] = []
  #restBytes = 0

  /** `lineBytesMax` counts the line without its terminator. */
  constructor(lineBytesMax: number) {
    this.#lineBytesMax = lineBytesMax
  }

  /** Whether the stream stands inside a line. */
  get isInside(): boolean {
    return this.#restBytes > 0
  }

  /**
   * Calls `hear` with every line that is complete, in order. Lines before a broken one are heard; nothing after it
   * may be pushed.
   */
  push(chunk: Buffer, hear: (line: string) => void): BrokenLine | undefined {
    const end = chunk.lastIndexOf(lf) + 1
    if (end > 0) {
      const broken = this.#hearLines(this.#take(end === chunk.length ? chunk : chunk.subarray(0, end)), hear)
      if (broken !== undefined) return broken
    }
    if (end < chunk.length) {
      // A copy, so that a few bytes do not hold the whole chunk; a rest is rare.
      this.#rest.push(Buffer.from(chunk.subarray(end)))
      if (this.#rest.length === piecesMax) this.#rest = [Buffer.concat(this.#rest)]
      this.#restBytes += chunk.length - end
      // One more: a CR that will turn out to belong to the terminator.
      if (this.#restBytes > this.#lineBytesMax + 1) return 'too-large'
    }
    return undefined
  }

  #take(chunk: Buffer): Buffer {
    if (this.#restBytes === 0) return chunk
    const whole = Buffer.concat([...this.#rest, chunk])
    this.#rest = []
    this.#restBytes = 0
    return whole
  }

  /** `block` ends with LF. Checked and decoded as a whole: an LF is never a part of a longer character. */
  #hearLines(block: Buffer, hear: (line: string) => void): BrokenLine | undefined {
    if (!isUtf8(block)) return this.#hearUntilBroken(block, hear)
    const text = block.toString()
    for (let start = 0; start < text.length;) {
      const end = text.indexOf('\n', start)
      const line = text.slice(start, end > start && text.charCodeAt(end - 1) === 0x0d ? end - 1 : end)
      if (line.length * 3 > this.#lineBytesMax && Buffer.byteLength(line) > this.#lineBytesMax) return 'too-large'
      hear(line)
      start = end + 1
    }
    return undefined
  }

  #hearUntilBroken(block: Buffer, hear: (line: string) => void): BrokenLine {
    for (let start = 0; start < block.length;) {
      const end = block.indexOf(lf, start) + 1
      const line = block.subarray(start, end)
      if (!isUtf8(line)) return 'not-utf8'
      const broken = this.#hearLines(line, hear)
      if (broken !== undefined) return broken
      start = end
    }
    return 'not-utf8'
  }
}
