/** The transport of browsers and of Node: the host's own WebSocket. */
import type { Transport, TransportListener } from './transport.ts'

/** Dials `ws:`, `wss:`, `http:` and `https:` addresses. An HTTP address, or one without a path, gets the path `/ws`. */
export function dialWebSocket(url: URL, listener: TransportListener): Transport {
  const socket = new WebSocket(makeSocketUrl(url))
  // A WebSocket does not report why it failed to connect.
  let ending = 'the server cannot be reached'
  socket.onopen = () => {
    ending = 'the connection was lost'
    listener.opened()
  }
  // A binary frame is not a valid message: pass a text that the listener cannot parse as JSON.
  socket.onmessage = ({ data }: MessageEvent<unknown>) => listener.heard(typeof data === 'string' ? data : 'bytes')
  socket.onclose = ({ reason }) => listener.closed(reason === '' ? ending : reason)
  return {
    send(message) {
      if (socket.readyState === WebSocket.OPEN) socket.send(message)
    },
    close() {
      socket.onopen = socket.onmessage = socket.onclose = null
      socket.close()
    },
  }
}

function makeSocketUrl(url: URL): string {
  const isHttp = url.protocol.startsWith('http')
  const path = isHttp || url.pathname === '/' ? '/ws' : url.pathname + url.search
  return `${url.protocol.replace('http', 'ws')}//${url.host}${path}`
}
