/** What a check of a client is, and what many of them share. */
import type { Player } from '../../game/index.ts'
import type { GradingCheck } from '../checks/check.ts'
import type { SubmissionMistake } from '../submission/mistake.ts'
import type { GradedClient } from './graded-client.ts'
import type { AnswerDelivery } from './scripted-server.ts'
import type { ScriptedSession } from './session.ts'

export interface ClientCheck extends Omit<GradingCheck, 'run' | 'disturbs'> {
  /** @throws SubmissionMistake with a sentence, NotChecked with a reason */
  run(client: GradedClient): Promise<void>
}

/** Plays the cells in turn, those of the other player on the server's side if the client plays one player. */
export async function playCells(
  session: ScriptedSession,
  cells: readonly number[],
  delivery?: AnswerDelivery,
): Promise<void> {
  for (const cell of cells) {
    if (isOwnTurn(session)) await session.play(cell, delivery)
    else await session.opponentPlays(cell)
    await session.settle()
  }
}

export const isOwnTurn = ({ self, script }: ScriptedSession): boolean => self === null || self === script.position.turn

/** A client that ends or is about to end must do so with words of its own. */
export function checkCrash(session: ScriptedSession, when: string): void {
  const { trace, end } = session.process
  if (trace !== null) throw session.explain(`${when}, the client crashed: it printed ${trace}`)
  if (end !== null && end.signal !== null) throw session.explain(`${when}, the client crashed`)
}

const busyShare = 0.5
const busyMs = 200

async function isBusy(session: ScriptedSession): Promise<boolean> {
  const share = await session.process.cpuShare(busyMs)
  return share !== null && share > busyShare
}

/** The mistake of a client that has not ended, with whether it is in a busy loop. */
export async function notEnded(session: ScriptedSession, message: string): Promise<SubmissionMistake> {
  return session.explain((await isBusy(session)) ? `${message}: it is in a busy loop` : message)
}

/** Fails unless the client ends within `ms`, with words and without a crash. */
export async function expectGone(session: ScriptedSession, when: string): Promise<void> {
  const { withinMs, prints } = session.options.client.gone
  const hasEnded = await session.process.ended(withinMs)
  checkCrash(session, when)
  const text = session.printedText
  if (text.trim() === '') throw await notEnded(session, `${when}, the client printed nothing`)
  if (prints !== null && !prints.test(text))
    throw session.explain(`${when}, the client printed no line that matches client.gone.prints`)
  // A client that connects for each move may let the user try again.
  if (!hasEnded && session.options.description.connect !== 'move')
    throw await notEnded(session, `${when}, the client did not end within ${withinMs / 1_000} s`)
}

/** The players that the client plays: both, one after the other, if it plays one. */
export const playersOf = (client: GradedClient): readonly Player[] => (client.playsOne ? ['X', 'O'] : ['X'])
