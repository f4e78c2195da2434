/** What `/` says where there are no pages: how to play with what everybody has. */
import { html } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import type { PublicAddress } from '../server/public-address.ts'

export function makeLanding({ url: { origin }, lines: direct }: PublicAddress, hasPages: boolean): string {
  const byHand =
    direct === null
      ? []
      : ([
          [`printf 'X 1 1\\nquit\\n' | nc ${direct.host} ${direct.port}`, 'a move: player, column, row'],
          [`nc ${direct.host} ${direct.port}`, 'a conversation; it knows "help"'],
        ] as const)
  const lines = [
    ...byHand,
    [`curl ${origin}/games`, 'the open games'],
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
