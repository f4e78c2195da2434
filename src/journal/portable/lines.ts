/** Splits bytes into numbered lines. Node's own reader also splits at U+2028, which JSON may contain unescaped. */
import { isUtf8 } from 'node:buffer'
import { lineBytesMax } from './format.ts'

export interface NumberedLine {
  /** Counted from 1. */
  readonly number: number
  /** Includes the LF at the end. */
  readonly bytes: Buffer
  /** What is wrong with the line itself; null: nothing. A line without its end is the last one. */
  readonly broken: null | 'not UTF-8' | 'too long' | 'without its end'
}

const lf = 0x0a

/** Yields the lines that each chunk completes; an array is never empty. */
export async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<readonly NumberedLine[]> {
  let number = 0
  let rest: Uint8Array[] = []
  let restBytes = 0
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(lf) + 1
    if (end > 0) {
      const lines = split(Buffer.concat([...rest, chunk.subarray(0, end)]), number)
      number += lines.length
      yield lines
      rest = []
      restBytes = 0
    }
    if (end < chunk.length) rest.push(chunk.subarray(end))
    restBytes += chunk.length - end
    if (restBytes > lineBytesMax) return yield [{ number: number + 1, bytes: Buffer.concat(rest), broken: 'too long' }]
  }
  if (restBytes > 0) yield [{ number: number + 1, bytes: Buffer.concat(rest), broken: 'without its end' }]
}

/** `block` ends with LF. */
function split(block: Buffer, before: number): readonly NumberedLine[] {
  const isText = isUtf8(block)
  const lines: NumberedLine[] = []
  for (let start = 0; start < block.length;) {
    const end = block.indexOf(lf, start) + 1
    const bytes = block.subarray(start, end)
    const tooLong = bytes.length > lineBytesMax ? 'too long' : null
    lines.push({ number: before + lines.length + 1, bytes, broken: isText || isUtf8(bytes) ? tooLong : 'not UTF-8' })
    start = end
  }
  return lines
}
