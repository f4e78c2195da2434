/** Parses golden transcripts and compares received messages with them. spec/README.md describes the format. */
import { makeId, systemRandom } from '../../src/base/index.ts'

export const transcriptProtocols = ['lines', 'websocket', 'http', 'text'] as const
export type TranscriptProtocol = (typeof transcriptProtocols)[number]

export interface Step {
  /** The name of the connection. */
  readonly who: string
  readonly does: 'says' | 'hears' | 'is closed' | 'leaves'
  readonly text: string
  /** The line in the file, from 1. */
  readonly line: number
}

export interface Transcript {
  readonly title: string
  readonly protocols: readonly TranscriptProtocol[]
  readonly steps: readonly Step[]
}

const verbs: Readonly<Record<string, Step['does']>> = { '>': 'says', '<': 'hears', x: 'is closed', '-': 'leaves' }

export function parseTranscript(source: string): Transcript {
  const lines = source.split('\n')
  const protocols = lines.find((line) => line.startsWith('doors: '))?.slice('doors: '.length) ?? ''
  return {
    title: lines[0]?.replace(/^# /, '') ?? '',
    protocols: transcriptProtocols.filter((protocol) => protocols.split(' ').includes(protocol)),
    steps: lines.flatMap((text, index) => {
      const [, who, verb = '', rest = ''] = /^([a-z]+) ([<>x-])(?: (.*))?$/.exec(text) ?? []
      const does = verbs[verb]
      if (who !== undefined && does !== undefined) return [{ who, does, text: rest, line: index + 1 }]
      if (text === '' || text.startsWith('#') || text.startsWith('doors: ')) return []
      throw new Error(`line ${index + 1} is no step: ${text}`)
    }),
  }
}

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
