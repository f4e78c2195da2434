/** A codec in another language: an executable that is asked in JSON, one object a line, to encode and to decode. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { holdingClock, within } from '../../base/index.ts'
import { AdapterFailure } from '../submission/mistake.ts'
import { beginning } from '../submission/model.ts'
import type { Codec, Decoded } from './codec.ts'
import { type FieldName, fieldValue, fillFields, type PlayerCodes } from './fields.ts'
import type { Meaning } from './meaning.ts'

const adapterMs = 5_000

interface AdapterMessage {
  readonly error?: boolean
  readonly win?: 'X' | 'O'
  readonly draw?: boolean
  readonly ok?: boolean
  readonly board?: readonly ('X' | 'O' | null)[]
  readonly text?: string
}

interface AdapterAnswer {
  readonly bytes?: string | null
  readonly consumed?: number
  readonly messages?: readonly AdapterMessage[]
}

export function startAdapter(command: string, folder: string, codes: PlayerCodes): Codec {
  const child = spawn('/bin/sh', ['-c', command], { cwd: folder, detached: true, stdio: ['pipe', 'pipe', 'inherit'] })
  const ask = makeAsk(child)
  return {
    async encode({ kind, twist, player, row, col, game, board = beginning.board }) {
      const place = {
        player,
        row,
        ...(twist !== 'missing-field' && { col }),
        ...(twist === 'extra-field' && { extra: 7 }),
      }
      const cells = [...board].map((cell) => (cell === '.' ? null : cell))
      const { bytes } = await ask({ encode: kind === 'move' ? { kind, ...place, game, board: cells } : { kind, game } })
      return typeof bytes === 'string' ? Buffer.from(bytes, 'base64') : null
    },
    async decode(bytes): Promise<Decoded> {
      if (bytes.length === 0) return { consumed: 0, messages: [] }
      const { consumed = 0, messages = [] } = await ask({ decode: Buffer.from(bytes).toString('base64') })
      return { consumed, messages: messages.map(toMeaning) }
    },
    async encodeStep(template, fields) {
      const { player, game, name } = fields
      const give = (field: FieldName): string => `${fieldValue(field, fields, codes)}`
      const what =
        typeof template === 'string'
          ? fillFields(template, give)
          : (JSON.parse(fillFields(JSON.stringify(template), give)) as unknown)
      const { bytes } = await ask({ encode: { kind: 'send', send: what, player, game, name } })
      if (typeof bytes !== 'string')
        throw new AdapterFailure(
          `the adapter gave no bytes for what a step sends: ${JSON.stringify(what).slice(0, 200)}`,
        )
      return Buffer.from(bytes, 'base64')
    },
    raw: null,
    marksEnds: true,
    marksRequests: true,
    silenceMs: 0,
    closesToEnd: false,
    close() {
      if (child.pid === undefined || child.exitCode !== null) return
      try {
        process.kill(-child.pid, 'SIGKILL')
      } catch {
        // It has ended meanwhile.
      }
    },
  }
}

function makeAsk(child: ChildProcess): (question: object) => Promise<AdapterAnswer> {
  const { stdin, stdout } = child
  if (stdin === null || stdout === null) throw new TypeError('an adapter has pipes')
  stdin.on('error', () => {})
  const waiting: ((line: string | null) => void)[] = []
  createInterface({ input: stdout })
    .on('line', (line) => waiting.shift()?.(line))
    .on('close', () => waiting.splice(0).forEach((give) => give(null)))
  return async (question) => {
    const { promise, resolve } = Promise.withResolvers<string | null>()
    waiting.push(resolve)
    stdin.write(`${JSON.stringify(question)}\n`)
    let line: string | null | undefined
    await within(
      holdingClock,
      adapterMs,
      promise.then((given) => (line = given)),
    )
    if (typeof line !== 'string')
      throw new AdapterFailure(
        line === null
          ? 'the adapter has ended'
          : `the adapter did not answer within ${adapterMs / 1_000} s: ${JSON.stringify(question).slice(0, 200)}`,
      )
    return parseAnswer(line)
  }
}

function parseAnswer(line: string): AdapterAnswer {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value === 'object' && value !== null) return value
  } catch {
    // Reported below.
  }
  throw new AdapterFailure(
    `the adapter must answer with one JSON object a line, but printed ${JSON.stringify(line.slice(0, 200))}`,
  )
}

function toMeaning({ error = false, win, draw = false, ok = false, board, text = '' }: AdapterMessage): Meaning {
  return {
    text,
    error,
    win: win ?? null,
    draw,
    ok,
    board: board === undefined ? null : board.map((cell) => cell ?? '.').join(''),
  }
}
