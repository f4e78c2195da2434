/** Converts between addresses and pages. */
import { gameIdPattern } from '../../protocol/game-id.ts'

export type Route =
  /** The board for play without a server. */
  | { readonly page: 'home' }
  /** The open and live games. */
  | { readonly page: 'lobby' }
  | { readonly page: 'game'; readonly game: string }
  /** The visitor's finished games. */
  | { readonly page: 'history' }
  /** The puzzle of the day. */
  | { readonly page: 'puzzle' }
  /** The nodes of the service. */
  | { readonly page: 'cluster' }
  | { readonly page: 'missing' }

const gamePath = new RegExp(`^/games/(${gameIdPattern})/?$`)

export function parseRoute(path: string): Route {
  if (path === '/' || path === '/index.html') return { page: 'home' }
  if (path === '/games' || path === '/games/') return { page: 'lobby' }
  if (path === '/history' || path === '/history/') return { page: 'history' }
  if (path === '/puzzle' || path === '/puzzle/') return { page: 'puzzle' }
  if (path === '/cluster' || path === '/cluster/') return { page: 'cluster' }
  const [, game] = gamePath.exec(path) ?? []
  return game === undefined ? { page: 'missing' } : { page: 'game', game }
}

export function makeRoute(route: Route): string {
  switch (route.page) {
    case 'lobby':
      return '/games'
    case 'game':
      return `/games/${route.game}`
    case 'history':
      return '/history'
    case 'puzzle':
      return '/puzzle'
    case 'cluster':
      return '/cluster'
    case 'home':
    case 'missing':
      return '/'
  }
}
