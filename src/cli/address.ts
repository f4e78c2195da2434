/** Parses links, game ids and server addresses as people type them. */
import { gameIdPattern } from '../protocol/game-id.ts'
import { Stop } from '../server/stop.ts'

export const serverDefault = 'http://localhost:1952'

export interface GameAddress {
  /** A URL with http:, https:, ws:, wss: or tcp:, without a path. */
  readonly server: string
  /** The game's id; null if the address names none. */
  readonly game: string | null
}

const gameId = new RegExp(`^${gameIdPattern}$`)
const gamePath = new RegExp(`^/games/(${gameIdPattern})/?$`)

/** The port of an address without a scheme and without a port. */
const portDefault = '1952'

/** Parses `http://HOST:PORT/games/ID`, `HOST:PORT`, `HOST`, and the like. @throws Stop */
export function parseServer(text: string): GameAddress {
  const url = URL.parse(text.includes('://') ? text : `http://${text}`)
  // An explicit port is kept, even `:80`, which URL drops.
  if (url !== null && !text.includes('://') && !/:\d+(?:$|\/)/.test(text)) url.port = portDefault
  const game = gamePath.exec(url?.pathname ?? '')?.[1] ?? null
  if (url === null || !/^(?:https?|wss?|tcp):$/.test(url.protocol) || (game === null && !/^\/?$/.test(url.pathname)))
    throw new Stop(
      'usage',
      `${text} is not a server address. Use something like ${serverDefault}${isUnderPath(url) ? '; a server has no path' : ''}.`,
    )
  return { server: `${url.protocol}//${url.host}`, game }
}

function isUnderPath(url: URL | null): boolean {
  return url !== null && /^https?:$/.test(url.protocol) && url.pathname !== '/'
}

/** Whether the text can only be a game's id: it has no dot and no port, and is not `localhost`. */
export function isGameId(text: string): boolean {
  return gameId.test(text) && text !== 'localhost'
}

/** Parses a game's id or link; an id alone belongs to `server`. @throws Stop */
export function parseGame(text: string, server: string): { readonly server: string; readonly game: string } {
  if (gameId.test(text)) return { server: parseServer(server).server, game: text }
  const address = parseServer(text)
  if (address.game === null)
    throw new Stop('usage', `${text} is not a game: use its id, or a link like ${serverDefault}/games/ID.`)
  return { server: address.server, game: address.game }
}

/** The link for a friend; it works in a browser and with `oxo play`. */
export function makeLink({ server }: Pick<GameAddress, 'server'>, game: string): string {
  return `${server.replace(/^ws/, 'http').replace(/^tcp/, 'http')}/games/${game}`
}
