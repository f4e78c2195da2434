/** Golden transcripts: reading them, and comparing what was heard with what they say. The format: spec/README.md. */
import { makeId, systemRandom } from '../../src/base/index.ts'

export const transcriptProtocols = ['lines', 'websocket', 'http', 'text'] as const
export type TranscriptProtocol = (typeof transcriptProtocols)[number]

export interface Step {
  /** Whose connection. */
  readonly who: string
  readonly does: 'says' | 'hears' | 'is closed' | 'leaves'
  readonly text: string
  /** In the file, from 1. */
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

/** What the `$names` of a transcript stand for, as it goes. */
export class Bindings {
  readonly #values = new Map<string, string>()

  /** A text to say: a name not met before becomes a fresh id; `$9000` becomes that many letters. */
  fill(text: string): string {
    return text
      .replaceAll(/\$(\d+)/g, (_, count: string) => 'a'.repeat(Number(count)))
      .replaceAll(placeholder, (_, name: string) => this.#values.get(name) ?? this.#bind(name, makeId(systemRandom)))
  }

  /** Why `actual` is not what `expected` says; null when it is. */
  compare(expected: unknown, actual: unknown, path = ''): string | null {
    if (expected === '*') return null
    if (typeof expected === 'string' && typeof actual === 'string') return this.#compareText(expected, actual, path)
    if (isObject(expected) && isObject(actual)) return this.#compareObject(expected, actual, path)
    return expected === actual ? null : complain(path, expected, actual)
  }

  #compareObject(expected: Fields, actual: Fields, path: string): string | null {
    if (Array.isArray(expected) !== Array.isArray(actual)) return complain(path, expected, actual)
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
    if (match === null) return complain(path, this.fill(expected), actual)
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

function complain(path: string, expected: unknown, actual: unknown): string {
  return `${path === '' ? 'the message' : path} should be ${JSON.stringify(expected)} and is ${JSON.stringify(actual)}`
}
