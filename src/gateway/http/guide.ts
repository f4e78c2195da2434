/** What `/` says where there are no pages: how to play with what everybody has. */
import { html } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'

/** `url`: the server's, as the sender knows it. */
export function makeGuide(url: URL, hasPages: boolean): string {
  const { origin, hostname } = url
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port
  const lines = [
    [`printf 'X 1 1\\n' | nc ${hostname} ${port}`, 'a move: player, column, row'],
    [`nc ${hostname} ${port}`, 'a conversation; it knows "help"'],
    [`curl ${origin}/games/main`, 'the board'],
    [`curl -N ${origin}/games/main/changes`, 'the board, each time it changes'],
    [`oxo play ${origin}`, 'in the terminal: friends, strangers, bots'],
  ] as const
  const width = Math.max(...lines.map(([line]) => line.length))
  const browser = hasPages
    ? `In a browser: ${origin}/`
    : 'Nothing is here for a browser yet: this server runs without its pages, which `npm run build` makes.'
  return `Oxo: tic-tac-toe for people and programs, all on this one port.

${browser}

The board "main" is open to everybody: whoever names the player to move may move.

${lines.map(([line, what]) => `  ${line.padEnd(width)}  ${what}`).join('\n')}

Programs speak JSON-RPC 2.0: a line each over TCP, a frame each at /ws, a POST each at /rpc.
Every method: ${origin}/openrpc.json
`
}

export function makePage(title: string, text: string): HtmlEscapedString | Promise<HtmlEscapedString> {
  return html`<!doctype html>
    <html lang="en">
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width" />
      <title>${title}</title>
      <pre>${text}</pre>
    </html> `
}
