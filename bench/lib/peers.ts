/** The peers' packages: installed here, never by the root's `npm ci`. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const folder = new URL('../peers', import.meta.url).pathname

export function arePeersHere(): boolean {
  return existsSync(`${folder}/node_modules/boardgame.io`) && existsSync(`${folder}/node_modules/@colyseus/core`)
}

/** @throws if they cannot be had. */
export function installPeers(say: (what: string) => void): void {
  if (arePeersHere()) return
  say('installing the peers into bench/peers')
  const { status } = spawnSync('npm', ['ci', '--prefix', folder, '--ignore-scripts'], { stdio: ['ignore', 2, 2] })
  if (status !== 0) throw new Error('the peers could not be installed; use --only to run without them')
}
