/** The text of `/` without pages: how to play with common tools. */
import { html } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import type { PublicAddress } from '../requests/public-address.ts'

export function makeLanding({ url: { origin }, lines: direct }: PublicAddress, hasPages: boolean): string {
  const byHand =
    direct === null
      ? []
      : ([
          [`printf 'X 1 1\\nquit\\n' | nc ${direct.host} ${direct.port}`, 'a move: player, column, row'],
          [`nc ${direct.host} ${direct.port}`, 'a dialogue; type "help"'],
        ] as const)
  const lines = [
    ...byHand,
    [`curl ${origin}/games`, 'the open games'],
    [`curl ${origin}/games/main`, 'the board'],
    [`curl -N ${origin}/games/main/changes`, 'the board, after each change'],
    [`oxo play ${origin}`, 'in the terminal: friends, strangers, bots'],
  ] as const
  const width = Math.max(...lines.map(([line]) => line.length))
  const browser = hasPages
    ? `In a browser: ${origin}/`
    : 'Nothing is here for a browser yet: this server has no pages. Build them with `npm run build`.'
  return `Oxo: tic-tac-toe for people and programs, all on this one port.

${browser}

The board "main" is open to everybody: name the player to move with each move.

${lines.map(([line, what]) => `  ${line.padEnd(width)}  ${what}`).join('\n')}

Programs speak JSON-RPC 2.0: a line each over TCP, a frame each at /ws, a POST each at /rpc.
Every method: ${origin}/openrpc.json
`
}

export function makeLandingPage(title: string, text: string): HtmlEscapedString | Promise<HtmlEscapedString> {
  return html`<!doctype html>
    <html lang="en">
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width" />
      <title>${title}</title>
      <pre>${text}</pre>
    </html> `
}
