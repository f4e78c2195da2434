/** Splits bytes into lines: LF ends a line, a CR before it is dropped, UTF-8 and the maximum length are checked. */
import { isUtf8 } from 'node:buffer'

/** Why a stream of lines cannot continue. */
export type BrokenLine = 'too-large' | 'not-utf8'

const lf = 0x0a
/** The number of chunks of one line that are kept before they are joined: a buffer of one byte takes a hundred bytes. */
const piecesMax = 32

export class LineSplitter {
  readonly #lineBytesMax: number
  /** The start of a line whose end has not arrived. */
  #rest: Buffer[] = []
  #restBytes = 0

  /** @param lineBytesMax counts the line without its terminator. */
  constructor(lineBytesMax: number) {
    this.#lineBytesMax = lineBytesMax
  }

  /** Whether the last line is incomplete. */
  get isInside(): boolean {
    return this.#restBytes > 0
  }

  /**
   * Calls `handle` with every complete line, in order. Lines before a broken one are handled too. Nothing may be pushed after
   * a broken line.
   */
  push(chunk: Buffer, handle: (line: string) => void): BrokenLine | undefined {
    const end = chunk.lastIndexOf(lf) + 1
    if (end > 0) {
      const broken = this.#handleLines(this.#joinRest(end === chunk.length ? chunk : chunk.subarray(0, end)), handle)
      if (broken !== undefined) return broken
    }
    if (end < chunk.length) {
      // A copy, so that a few bytes do not retain the whole chunk; an incomplete line is rare.
      this.#rest.push(Buffer.from(chunk.subarray(end)))
      if (this.#rest.length === piecesMax) this.#rest = [Buffer.concat(this.#rest)]
      this.#restBytes += chunk.length - end
      // One more byte, because a CR at the end may belong to the terminator.
      if (this.#restBytes > this.#lineBytesMax + 1) return 'too-large'
    }
    return undefined
  }

  #joinRest(chunk: Buffer): Buffer {
    if (this.#restBytes === 0) return chunk
    const whole = Buffer.concat([...this.#rest, chunk])
    this.#rest = []
    this.#restBytes = 0
    return whole
  }

  /** @param block ends with LF. It is checked and decoded as a whole, because LF is never part of a longer character. */
  #handleLines(block: Buffer, handle: (line: string) => void): BrokenLine | undefined {
    if (!isUtf8(block)) return this.#handleUntilBroken(block, handle)
    const text = block.toString()
    for (let start = 0; start < text.length;) {
      const end = text.indexOf('\n', start)
      const line = text.slice(start, end > start && text.charCodeAt(end - 1) === 0x0d ? end - 1 : end)
      if (line.length * 3 > this.#lineBytesMax && Buffer.byteLength(line) > this.#lineBytesMax) return 'too-large'
      handle(line)
      start = end + 1
    }
    return undefined
  }

  #handleUntilBroken(block: Buffer, handle: (line: string) => void): BrokenLine {
    for (let start = 0; start < block.length;) {
      const end = block.indexOf(lf, start) + 1
      const line = block.subarray(start, end)
      if (!isUtf8(line)) return 'not-utf8'
      const broken = this.#handleLines(line, handle)
      if (broken !== undefined) return broken
      start = end
    }
    return 'not-utf8'
  }
}
