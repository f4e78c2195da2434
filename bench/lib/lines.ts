/**
 * One message on each line, over a raw link. The tests' own client decodes, parses and awaits each line; here the generator
 * must cost less than the server that it loads.
 */
import type { Links } from './link.ts'

/** The sending half of a connection. Incoming messages go to the handler that was given when it was opened. */
export interface MessageSender {
  send(message: string): void
}

export type MessageHandler = (message: string) => void

/** All messages must be ASCII, as those of the bench are. */
export async function openRawLines(links: Links, handle: MessageHandler): Promise<MessageSender> {
  let rest = ''
  const link = await links.open((chunk) => {
    const text = rest + chunk.toString('latin1')
    let start = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      handle(text.slice(start, end))
      start = end + 1
    }
    rest = start === text.length ? '' : text.slice(start)
  })
  return { send: (message) => void link.socket.write(`${message}\n`, 'latin1') }
}

/** The same; all messages that are sent within one turn of the loop leave in one write. */
export async function openJoinedLines(links: Links, handle: MessageHandler): Promise<MessageSender> {
  const wire = await openRawLines(links, handle)
  let waiting = ''
  const flush = (): void => {
    wire.send(waiting)
    waiting = ''
  }
  return {
    send(message) {
      if (waiting === '') {
        setImmediate(flush)
        waiting = message
      } else waiting += `\n${message}`
    },
  }
}
