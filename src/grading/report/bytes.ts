/** Bytes for a reader: text where it can be read, hex where it cannot. */

/** One line: the text in quotes if all of it can be printed, otherwise hex. `shown` is how many bytes at most. */
export function showBytes(bytes: Uint8Array, shown = 100): string {
  if (bytes.length === 0) return ''
  const part = Buffer.from(bytes.subarray(0, shown))
  const more = bytes.length > shown ? `… (${bytes.length} bytes)` : ''
  // The cut may have divided a character.
  const text = part.toString('utf8').replace(more === '' ? '' : /\uFFFD$/, '')
  return `${/^(?:(?!\uFFFD)[\P{C}\s])*$/u.test(text) ? quote(text) : part.toString('hex').replace(/(..)(?=.)/g, '$1 ')}${more}`
}

/** Quotes inside stay as they are: in JSON, backslashes before all of them would hide the text. */
const quote = (text: string): string => JSON.stringify(text).replace(/(?<=.)\\"(?=.)/g, '"')
