/** What a client did wrong in one game, by what it sent, what it printed, and how it ended. */
import type { ClientFault, SeenRequest } from './front.ts'

export interface ClientGame {
  readonly fault: ClientFault
  readonly seen: readonly SeenRequest[]
  /** When the fault happened; null: it never did. */
  readonly faultAtMs: number | null
  /** Null: it was ended because it took too long. */
  readonly code: number | null
  readonly stdout: string
  readonly isOver: boolean
}

/** A sentence for each thing that is wrong, with the rule of docs/SPEC.md. */
export function judgeClient(played: ClientGame): readonly string[] {
  return [...judgeEnd(played), ...judgeMoves(played), ...judgeReturn(played), ...judgeBoards(played.stdout)]
}

function judgeEnd({ code, isOver, fault }: ClientGame): readonly string[] {
  const rules = fault.rules.map((rule) => `[${rule}]`).join(' ')
  if (code === null) return [`it did not end in time ${rules}`]
  if (!isOver) return [`it ended with ${code} before the game was over ${rules}`]
  return code === 0 ? [] : [`the exit code is ${code} after a whole game ${rules}`]
}

function judgeMoves({ seen, fault }: ClientGame): readonly string[] {
  const wrong: string[] = []
  const decided = new Map<unknown, string>()
  for (const { params = {} } of seen.filter(({ method }) => method === 'game.move')) {
    const { version } = params
    if (version === undefined) wrong.push('a move names no version, so a repeat may be a second move [C19]')
    const text = JSON.stringify(params)
    const first = decided.get(version) ?? text
    // After a refusal for good the client may decide again.
    if (version !== undefined && first !== text && fault.name !== 'stale')
      wrong.push(
        `at version ${JSON.stringify(version)} it sent another move in place of a repeat [C10]: ${first}, then ${text}`,
      )
    decided.set(version, first)
  }
  return wrong
}

function judgeReturn({ seen, fault, faultAtMs }: ClientGame): readonly string[] {
  const wrong: string[] = []
  const { leastWaitMs = 0 } = fault
  const hellos = seen.filter(({ method }) => method === 'hello')
  for (const { connection, params } of hellos)
    if (connection > 1 && params?.['token'] === undefined)
      wrong.push('it came back as another account: hello has no token [C8]')
  if (faultAtMs === null && leastWaitMs > 0)
    return [...wrong, 'it made fewer than two moves, so nothing could be checked']
  const next = seen.find(({ atMs }) => faultAtMs !== null && atMs > faultAtMs)
  if (next === undefined || faultAtMs === null) return wrong
  const waited = Math.round(next.atMs - faultAtMs)
  // A timer may end a millisecond early.
  if (waited + 2 < leastWaitMs)
    wrong.push(`it came back after ${waited} ms, and was told to wait ${leastWaitMs} ms [${fault.rules[0]}]`)
  return wrong
}

/** Boards that it printed as rows of `X`, `O` and `.`: none may have fewer marks than an earlier one. */
function judgeBoards(stdout: string): readonly string[] {
  const boards = stdout.match(/(?:^[XO.]{3}\n){3}/gm) ?? []
  const marks = boards.map((board) => board.replaceAll(/[^XO]/g, '').length)
  const older = marks.findIndex((count, index) => count < (marks[index - 1] ?? 0))
  return older < 0 ? [] : [`it showed an older board after a newer one [C16]:\n${boards[older]}`]
}
