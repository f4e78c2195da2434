/** The transport of Node for `tcp:` addresses: JSON lines. */
import { connect } from 'node:net'
import type { Transport, TransportListener } from '../transport.ts'

const portDefault = 1952

/** The longest line taken from a server: the record of the longest game is a tenth of it. */
const lineCharactersMax = 16 * 2 ** 20

/** How long what was said last may take to leave once the connection is closed, in ms. */
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
    if (rest.length > lineCharactersMax) socket.destroy(new Error('the server sent a line without an end'))
  })
  // A server that has ended its half may read nothing any more either, and what is unsent would wait for it.
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
    // All that is said in one turn of the loop leaves in one write.
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
      // A server that does not read is not waited for: the process could not end.
      socket.setTimeout(leaveMs, () => socket.destroy())
    },
  }
}
