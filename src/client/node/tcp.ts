/** The transport of Node for `tcp:` addresses; it carries JSON lines. */
import { connect } from 'node:net'
import type { Transport, TransportListener } from '../transport.ts'

const portDefault = 1952

/** The longest line accepted from a server, in characters: ten times the record of the longest game. */
const lineCharactersMax = 16 * 2 ** 20

/** How long a closed connection may take to flush its last messages, in ms. */
const leaveMs = 2_000

export function dialTcp(url: URL, listener: TransportListener): Transport {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const socket = connect({ host, port: url.port === '' ? portDefault : Number(url.port), noDelay: true })
  let reason = 'the server closed the connection'
  let unsent = ''
  let isClosed = false
  let rest = ''
  const flush = (): void => {
    if (unsent !== '' && socket.writable) socket.write(unsent)
    unsent = ''
  }
  socket.setEncoding('utf8')
  socket.on('connect', () => {
    if (!isClosed) listener.opened()
  })
  socket.on('data', (chunk: string) => {
    const lines = chunk.split('\n')
    lines[0] = rest + (lines[0] ?? '')
    rest = lines.pop() ?? ''
    for (const line of lines) if (!isClosed) listener.heard(line)
    if (rest.length > lineCharactersMax) {
      socket.destroy(new Error(`the server sent a line longer than ${lineCharactersMax} characters without an end`))
    }
  })
  // A server that has ended its half may have stopped reading too; waiting to flush could then take forever.
  socket.on('end', () => {
    if (!isClosed) socket.destroy()
  })
  socket.on('error', (error) => {
    reason = error.message
  })
  socket.on('close', () => {
    if (!isClosed) listener.closed(reason)
  })
  return {
    // All messages sent in one turn of the event loop leave in one write.
    send(message) {
      if (isClosed) return
      if (unsent === '') process.nextTick(flush)
      unsent += `${message}\n`
    },
    close() {
      isClosed = true
      if (socket.connecting) return void socket.destroy()
      flush()
      socket.destroySoon()
      // Do not wait longer for a server that does not read: the process could not exit.
      socket.setTimeout(leaveMs, () => socket.destroy())
    },
  }
}
