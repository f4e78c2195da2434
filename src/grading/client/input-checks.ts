/** A client survives what is typed, ends when it is asked to, and uses no processor time while it waits. */
import { notChecked } from '../checks/check.ts'
import { shorten } from '../submission/answer.ts'
import { checkCrash, type ClientCheck, notEnded } from './check.ts'
import { clientMs, type ScriptedSession } from './session.ts'

/** How long a request is waited for that may come or not, in ms. */
const maybeMs = 1_000
const lateMs = 60

/** After this, the client may have sent a request, which is answered by an error that it must show. */
async function expectRefused(session: ScriptedSession, what: string, mayBeSilent: boolean): Promise<void> {
  const { server, process } = session
  await process.until(maybeMs, () => server.hasRequest || session.printedText !== '' || process.end !== null)
  const request = await server.next(lateMs)
  if (request !== null) {
    session.mark()
    await session.say('error')
    await process.until(clientMs, () => session.printed.error || process.end !== null)
    if (!session.printed.error)
      throw session.explain(
        `${what} was typed, sent and answered by an error, but the client printed ${shorten(session.printedText)}`,
      )
    await session.settle()
  }
  checkCrash(session, `after ${what} was typed`)
  if (session.process.end !== null) throw session.explain(`after ${what} was typed, the client ended`)
  if (!mayBeSilent && session.printedText.trim() === '')
    throw session.explain(`after ${what} was typed, the client said nothing`)
}

const badInput: ClientCheck = {
  id: 'client-bad-input',
  group: 'client-input',
  points: 3,
  title: 'It survives a word, an empty line and a place off the board',
  hint: 'What a user types may be no number at all. Ask again instead of ending.',
  run: (client) =>
    client.run(async (session) => {
      for (const [text, what] of [
        ['hello', 'the word hello'],
        ['', 'an empty line'],
      ] as const) {
        session.mark()
        for (const _ of client.client.input) session.process.type(text)
        await expectRefused(session, what, text === '')
      }
      session.mark()
      session.type(session.fieldsOf(6, 1))
      await expectRefused(session, 'a place in row 7', false)
      await session.move(4)
    }),
}

const endOfInput: ClientCheck = {
  id: 'client-end-of-input',
  group: 'client-input',
  points: 1,
  title: 'The end of its input (Ctrl-D) ends it',
  hint: 'Reading a line returns nothing or fails at the end of input. End the program then; do not read again and again.',
  run: (client) =>
    client.run(async (session) => {
      session.process.endInput()
      if (!(await session.process.ended(clientMs)))
        throw await notEnded(session, `the client did not end within ${clientMs / 1_000} s after the end of its input`)
      checkCrash(session, 'at the end of its input')
    }),
}

const interrupt: ClientCheck = {
  id: 'client-interrupt',
  group: 'client-input',
  points: 1,
  title: 'Ctrl-C ends it',
  hint: 'Do not catch the interrupt, or end the program where you catch it.',
  run: (client) =>
    client.run(async (session) => {
      session.process.interrupt()
      if (!(await session.process.ended(clientMs)))
        throw await notEnded(session, `the client did not end within ${clientMs / 1_000} s after Ctrl-C`)
    }),
}

const idleMs = 500
const idleShareMax = 0.05

const idleCpu: ClientCheck = {
  id: 'client-idle-cpu',
  group: 'client-input',
  points: 2,
  title: 'A client that waits uses no processor time',
  hint: 'Wait in select or in a read that blocks. A loop that asks again and again is a busy loop.',
  run: (client) =>
    client.run(async (session) => {
      await session.play(4)
      await session.settle()
      for (let round = 0; round < 3; round++) {
        const share = await session.process.cpuShare(idleMs)
        if (share === null)
          return notChecked('this system does not say what its processes do (it needs /proc of Linux)')
        if (share <= idleShareMax) return
      }
      throw session.explain('the client used more than 5 % of a processor while it waited: it is a busy loop')
    }),
}

export const clientInputChecks: readonly ClientCheck[] = [badInput, endOfInput, interrupt, idleCpu]
