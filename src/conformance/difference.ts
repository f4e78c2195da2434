/** Compares received messages with those of a transcript. */
import { makeId, systemRandom } from '../base/index.ts'

const placeholder = /\$([a-z][a-zA-Z]*)/g

/** The values that the `$names` of a transcript stand for; filled while it is played. */
export class Bindings {
  readonly #values = new Map<string, string>()

  /** A text to send: an unbound name gets a new id; `$9000` becomes 9,000 letters. */
  fill(text: string): string {
    return text
      .replaceAll(/\$(\d+)/g, (_, count: string) => 'a'.repeat(Number(count)))
      .replaceAll(placeholder, (_, name: string) => this.#values.get(name) ?? this.#bind(name, makeId(systemRandom)))
  }

  /** Describes the first difference; null if there is none. Binds names that `expected` uses for the first time. */
  compare(expected: unknown, actual: unknown, path = ''): string | null {
    if (expected === '*') return null
    if (typeof expected === 'string' && typeof actual === 'string') return this.#compareText(expected, actual, path)
    if (isObject(expected) && isObject(actual)) return this.#compareObject(expected, actual, path)
    return expected === actual ? null : describeDifference(path, expected, actual)
  }

  #compareObject(expected: Fields, actual: Fields, path: string): string | null {
    if (Array.isArray(expected) !== Array.isArray(actual)) return describeDifference(path, expected, actual)
    const isOpen = '*' in expected
    const names = new Set([...Object.keys(expected), ...(isOpen ? [] : Object.keys(actual))])
    names.delete('*')
    for (const name of names) {
      const here = `${path}.${name}`
      if (!(name in actual)) return `${here} is missing`
      if (!(name in expected)) return `${here} is not expected: ${JSON.stringify(actual[name])}`
      const difference = this.compare(expected[name], actual[name], here)
      if (difference !== null) return difference
    }
    return null
  }

  #compareText(expected: string, actual: string, path: string): string | null {
    const names: string[] = []
    const pattern = expected
      .split(/(\$[a-z][a-zA-Z]*|\*)/)
      .map((part) => (part === '*' ? '.*' : part.startsWith('$') ? this.#pattern(part.slice(1), names) : escape(part)))
    const match = new RegExp(`^${pattern.join('')}$`, 's').exec(actual)
    if (match === null) return describeDifference(path, this.fill(expected), actual)
    for (const [index, name] of names.entries()) this.#bind(name, match[index + 1] ?? '')
    return null
  }

  #pattern(name: string, names: string[]): string {
    const value = this.#values.get(name)
    if (value !== undefined) return escape(value)
    names.push(name)
    return '([^\\s"]+)'
  }

  #bind(name: string, value: string): string {
    this.#values.set(name, value)
    return value
  }
}

type Fields = Readonly<Record<string, unknown>>

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}

function describeDifference(path: string, expected: unknown, actual: unknown): string {
  return `${path === '' ? 'the message' : path} should be ${JSON.stringify(expected)} and is ${JSON.stringify(actual)}`
}

/** The rules that a received JSON message breaks. `difference` is null if another kind of message was expected. */
export function rulesOf(expected: string, received: string, difference: string | null): readonly string[] {
  const awaited = /"method":"([a-z.]+)"/.exec(expected)?.[1]
  const isAnswer = /"(?:result|error)":/.test(received)
  // An answer in place of a notification, and the other way round: something is missing, or in another order.
  if (awaited !== undefined && isAnswer) return [rulesOfNotification[awaited] ?? 'S2', 'W8']
  if (awaited === undefined && !isAnswer) return ['W8']
  const path = difference?.split(' ')[0] ?? ''
  if (/^\.error(?:\.|$)/.test(path) || path === '.result') return ['P3']
  if (path === '.id') return ['P1', 'W8']
  if (path.endsWith('.version')) return ['G9']
  if (/ is not expected| is missing/.test(difference ?? '')) return ['P5']
  return []
}

/** The rule by which a notification is sent. */
const rulesOfNotification: Readonly<Record<string, string>> = {
  'game.changed': 'S2',
  'game.said': 'S54',
  'lobby.changed': 'S19',
}

/** The rules that the server breaks if an expected message does not come at all. */
export function rulesOfSilence(expected: string): readonly string[] {
  const awaited = /"method":"([a-z.]+)"/.exec(expected)?.[1]
  return awaited === undefined ? ['W3'] : [rulesOfNotification[awaited] ?? 'S2']
}
