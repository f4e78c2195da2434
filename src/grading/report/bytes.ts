/** Bytes for a reader: text where it can be read, hex where it cannot. */

const shown = 100

/** One line: the text in quotes if all of it can be printed, otherwise hex. */
export function showBytes(bytes: Uint8Array): string {
  if (bytes.length === 0) return ''
  const part = Buffer.from(bytes.subarray(0, shown))
  const more = bytes.length > shown ? `… (${bytes.length} bytes)` : ''
  const text = part.toString('utf8')
  return `${/^[\P{C}\s]*$/u.test(text) ? JSON.stringify(text) : part.toString('hex').replace(/(..)(?=.)/g, '$1 ')}${more}`
}
