/** Where a game is: links, ids and servers as people type them. */
import { Stop } from '../server/stop.ts'

export const serverDefault = 'http://localhost:1952'

export interface Address {
  /** With http:, https:, ws:, wss: or tcp:, and without a path. */
  readonly server: string
  /** Null where none was named. */
  readonly game: string | null
}

/** Where no scheme says another one. */
const portDefault = '1952'

/** Reads `http://HOST:PORT/games/ID`, `HOST:PORT`, `HOST`, and the like. @throws Stop */
export function parseServer(text: string): Address {
  const url = URL.parse(text.includes('://') ? text : `http://${text}`)
  // A port that is written out, also as 80, is meant.
  if (url !== null && !text.includes('://') && !/:\d+(?:$|\/)/.test(text)) url.port = portDefault
  const game = /^\/games\/([\w-]{1,64})\/?$/.exec(url?.pathname ?? '')?.[1] ?? null
  if (url === null || !/^(?:https?|wss?|tcp):$/.test(url.protocol) || (game === null && !/^\/?$/.test(url.pathname)))
    throw new Stop(
      'usage',
      `${text} is not a server address. Use something like ${serverDefault}${isUnderPath(url) ? '; a server is at the root of its name, not under a path' : ''}.`,
    )
  return { server: `${url.protocol}//${url.host}`, game }
}

function isUnderPath(url: URL | null): boolean {
  return url !== null && /^https?:$/.test(url.protocol) && url.pathname !== '/'
}

/** Whether it can only be a game: a name without a dot and a port, but for that of this machine. */
export function isGameId(text: string): boolean {
  return /^[\w-]{1,64}$/.test(text) && text !== 'localhost'
}

/** Reads a game's id or its link; `server` is where an id alone is looked for. @throws Stop */
export function parseGame(text: string, server: string): { readonly server: string; readonly game: string } {
  if (/^[\w-]{1,64}$/.test(text)) return { server: parseServer(server).server, game: text }
  const address = parseServer(text)
  if (address.game === null)
    throw new Stop('usage', `${text} is no game: name its id, or a link like ${serverDefault}/games/ID.`)
  return { server: address.server, game: address.game }
}

/** What to give to a friend: good in a browser and for `oxo play`. */
export function makeLink({ server }: Pick<Address, 'server'>, game: string): string {
  return `${server.replace(/^ws/, 'http').replace(/^tcp/, 'http')}/games/${game}`
}
