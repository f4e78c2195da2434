/** `oxo verify`: checks without a server that a record is intact and its game legal. */
import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { type GameRecord, verifyRecord } from '../../client/index.ts'
import type { Event } from '../../game/index.ts'
import { stopOfFile } from '../../server/files.ts'
import { command } from '../invocation.ts'
import { makeCellText } from '../cell-text.ts'
import { replay } from './replay.ts'
import { Stop } from '../../server/stop.ts'

const advice = `\`${command} record GAME --json\` makes one.`

/** Prints that the record is valid. @throws Stop with the first error. */
export async function verify(file: string): Promise<void> {
  const record = parseRecord(await readInput(file))
  const broken = await verifyRecord(record)
  if (broken !== null) throw new Stop('failed', makeBroken(record, broken))
  const game = replay(record.entries.map(({ event }) => event as Event))
  if ('reason' in game)
    throw new Stop('failed', makeCellText(`Entry ${game.version} of ${record.game} breaks the rules: ${game.reason}.`))
  console.log(makeCellText(`${record.game} holds: version ${record.entries.length}, head ${record.head}.`))
}

function makeBroken({ game, entries }: GameRecord, version: number): string {
  const name = makeCellText(game)
  return version > entries.length
    ? `The head of ${name} does not match its last entry: entries are missing at the end, or were changed.`
    : `Entry ${version} of ${name} does not match the chain: it or one before it was changed, or is missing.`
}

async function readInput(file: string): Promise<string> {
  if (file === '-') return text(process.stdin)
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw stopOfFile(file, cause)
  }
}

/** @throws Stop if the text is not a record. */
export function parseRecord(json: string): GameRecord {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (cause) {
    throw new Stop('failed', `This is not a record, because it is not JSON: ${advice}`, { cause })
  }
  if (!isRecord(value)) throw new Stop('failed', `This is not a record: ${advice}`)
  return value
}

function isRecord(value: unknown): value is GameRecord {
  if (!isObject(value)) return false
  const { game, entries, head } = value
  return typeof game === 'string' && typeof head === 'string' && Array.isArray(entries) && entries.every(isEntry)
}

function isEntry(value: unknown): boolean {
  if (!isObject(value)) return false
  const { version, at, event, chain } = value
  return Number.isSafeInteger(version) && Number.isSafeInteger(at) && typeof chain === 'string' && isObject(event)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
