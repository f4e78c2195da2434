/** Parses golden transcripts. spec/README.md describes the format. */

export const transcriptProtocols = ['lines', 'websocket', 'http', 'text'] as const
export type TranscriptProtocol = (typeof transcriptProtocols)[number]

export interface Step {
  /** The name of the connection. */
  readonly who: string
  readonly does: 'says' | 'hears' | 'is closed' | 'leaves'
  readonly text: string
  /** The line in the file, from 1. */
  readonly line: number
  /** The rules of docs/SPEC.md that it shows. */
  readonly rules: readonly string[]
}

export interface Transcript {
  readonly title: string
  readonly protocols: readonly TranscriptProtocol[]
  /** The rules that its title names. */
  readonly rules: readonly string[]
  /** Whether the server may have no games but `main`, as it was created. */
  readonly needsEmptyServer: boolean
  readonly steps: readonly Step[]
}

const verbs: Readonly<Record<string, Step['does']>> = { '>': 'says', '<': 'hears', x: 'is closed', '-': 'leaves' }

/** The line of a transcript that says that it begins on a server without games. */
const emptyServer = 'needs: an empty server'

export function parseTranscript(source: string): Transcript {
  const lines = source.split('\n')
  const protocols = lines.find((line) => line.startsWith('protocols: '))?.slice('protocols: '.length) ?? ''
  const ofTitle = rulesIn(lines[0] ?? '')
  let rules = ofTitle
  return {
    title: lines[0]?.replace(/^# /, '').replaceAll(/ \[[A-Z]\d+\]/g, '') ?? '',
    protocols: transcriptProtocols.filter((protocol) => protocols.split(' ').includes(protocol)),
    rules: ofTitle,
    needsEmptyServer: lines.includes(emptyServer),
    steps: lines.flatMap((text, index) => {
      const [, who, verb = '', rest = ''] = /^([a-z]+) ([<>x-])(?: (.*))?$/.exec(text) ?? []
      const does = verbs[verb]
      if (who !== undefined && does !== undefined) return [{ who, does, text: rest, line: index + 1, rules }]
      // The rules of a comment hold for the steps that follow it.
      if (text.startsWith('#')) rules = [...new Set([...ofTitle, ...rulesIn(text)])]
      if (text === '' || text.startsWith('#') || text.startsWith('protocols: ') || text === emptyServer) return []
      throw new Error(`line ${index + 1} is no step: ${text}`)
    }),
  }
}

function rulesIn(comment: string): readonly string[] {
  return [...comment.matchAll(/\[([A-Z]\d+)\]/g)].map(([, rule = '']) => rule)
}
