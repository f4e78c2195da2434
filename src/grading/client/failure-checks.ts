/** A client survives a server that is gone, that is not there, and that sends garbage. */
import { notChecked } from '../checks/check.ts'
import { holdingClock, sleep } from '../../base/index.ts'
import { shorten } from '../submission/answer.ts'
import { concat } from '../wire/request.ts'
import { checkCrash, type ClientCheck, expectGone, notEnded } from './check.ts'
import type { GradedClient } from './graded-client.ts'
import { clientMs, type ScriptedSession } from './session.ts'

const serverGone: ClientCheck = {
  id: 'client-server-gone',
  group: 'client-failures',
  points: 4,
  title: 'When the server is gone in the middle of a game, it says so and ends',
  hint: 'recv returns nothing when the server has closed the connection, and fails when the connection is reset. Handle both: print a sentence and end.',
  async run(client) {
    await client.run(async (session) => {
      await session.move(4)
      session.mark()
      session.server.vanish('closed')
      await expectGone(session, 'when the server closed the connection instead of answering')
    })
    await client.run(async (session) => {
      await session.move(4)
      session.mark()
      session.script.advance(4)
      const answer = session.script.bytesOf('board')
      await session.server.send(answer.subarray(0, Math.floor(answer.length / 2)))
      await sleep(holdingClock, 30)
      session.server.vanish('reset')
      await expectGone(session, 'when the connection was reset in the middle of an answer')
    })
  },
}

const noServer: ClientCheck = {
  id: 'client-no-server',
  group: 'client-failures',
  points: 2,
  title: 'When there is no server, it says so and ends',
  hint: 'connect fails when nobody listens. Print a sentence that a user understands, not the trace of an exception.',
  async run(client) {
    const session = await client.prepare()
    session.launch()
    if (client.description.connect === 'move') session.type(session.fieldsOf(1, 1))
    await expectGone(session, 'when nobody listened on the port')
  },
}

/** How long a client may think about garbage before the right answer follows, in ms. */
const garbageMs = 400

/** The client gets `bytes` instead of an answer: it must say something, then or after the right answer, and must not crash. */
async function survive(
  client: GradedClient,
  what: string,
  bytesOf: (session: ScriptedSession) => Uint8Array,
): Promise<void> {
  await client.run(async (session) => {
    const bytes = bytesOf(session)
    const { process, server, script } = session
    await session.move(4)
    session.mark()
    await server.send(bytes)
    const hasSpoken = (): boolean => process.end !== null || session.printedText.trim() !== ''
    if (!(await process.until(garbageMs, hasSpoken))) {
      script.advance(4)
      await session.say('board')
      if (!(await process.until(clientMs, hasSpoken)))
        throw await notEnded(session, `after ${what} and then the right answer, the client printed nothing`)
    }
    await session.settle()
    const when = `after ${what}`
    checkCrash(session, when)
    if (session.printedText.trim() === '') throw session.explain(`${when}, the client said nothing`)
    if (session.printed.win !== null || session.printed.draw)
      throw session.explain(`${when}, the client printed ${shorten(session.printedText)}`)
  })
}

/** Frames bytes that no description explains. */
function frame(session: ScriptedSession, content: Uint8Array): Uint8Array {
  const { protocol } = session.options.description
  const framing = protocol.type === 'patterns' ? protocol.framing : 'line'
  if (framing === 'http')
    return concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${content.length}\r\n\r\n`), content])
  const payload = framing === 'json' ? concat([Buffer.from('{"7":"'), content, Buffer.from('"}')]) : content
  const bytes =
    typeof framing === 'object' && 'size' in framing
      ? payload.length > framing.size
        ? null
        : new Uint8Array(framing.size).fill(0xee)
      : session.script.framing.frame(payload)
  return bytes ?? notChecked('a message of this protocol cannot be so long')
}

const garbage: ClientCheck = {
  id: 'client-garbage',
  group: 'client-failures',
  points: 3,
  title: 'It survives a message that it does not know',
  hint: 'A message may be none of those that you know: say so, or ignore it, instead of trusting that it has the right parts.',
  run: (client) =>
    survive(client, 'a message that the protocol does not have', (session) => frame(session, Buffer.from('?!7'))),
}

const longAnswer: ClientCheck = {
  id: 'client-long-answer',
  group: 'client-failures',
  points: 2,
  title: 'It survives a message of 64 KiB',
  hint: 'A buffer of fixed size must not overflow: check the length before you copy.',
  run: (client) => survive(client, 'a message of 64 KiB', (session) => frame(session, new Uint8Array(65_536).fill(65))),
}

const notUtf8: ClientCheck = {
  id: 'client-not-utf8',
  group: 'client-failures',
  points: 2,
  title: 'It survives bytes that are no text',
  hint: 'Decoding bytes as UTF-8 can fail: catch that.',
  run: (client) =>
    survive(client, 'bytes that are no UTF-8', (session) => {
      const { protocol } = client.description
      const isBinary =
        protocol.type === 'patterns' && typeof protocol.send.move === 'object' && 'bytes' in protocol.send.move
      if (isBinary) notChecked('the protocol has no text')
      return frame(session, Uint8Array.of(0xff, 0xfe, 0xc3, 0x28, 0x80))
    }),
}

export const clientFailureChecks: readonly ClientCheck[] = [serverGone, noServer, garbage, longAnswer, notUtf8]
