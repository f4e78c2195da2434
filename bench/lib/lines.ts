/** One message a line, over a raw link. */
import type { Links } from './link.ts'

/** A protocol as a driver sees it: messages out; those that come in go to whoever opened it. */
export interface Wire {
  send(message: string): void
}

export type Hear = (message: string) => void

/** ASCII only, which all messages of the bench are. */
export async function openLines(links: Links, hear: Hear): Promise<Wire> {
  let rest = ''
  const link = await links.open((chunk) => {
    const text = rest + chunk.toString('latin1')
    let start = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      hear(text.slice(start, end))
      start = end + 1
    }
    rest = start === text.length ? '' : text.slice(start)
  })
  return { send: (message) => void link.socket.write(`${message}\n`, 'latin1') }
}

/** The same, where all that is sent within one turn of the loop leaves in one write. */
export async function openJoinedLines(links: Links, hear: Hear): Promise<Wire> {
  const wire = await openLines(links, hear)
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
