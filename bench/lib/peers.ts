/** Installs the peers' packages into bench/peers. The root's `npm ci` never installs them. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const folder = new URL('../peers', import.meta.url).pathname

export function arePeersHere(): boolean {
  return existsSync(`${folder}/node_modules/boardgame.io`) && existsSync(`${folder}/node_modules/@colyseus/core`)
}

/** @throws Error if they cannot be installed. */
export function installPeers(log: (text: string) => void): void {
  if (arePeersHere()) return
  log('installing the peers into bench/peers')
  const { status } = spawnSync('npm', ['ci', '--prefix', folder, '--ignore-scripts'], { stdio: ['ignore', 2, 2] })
  if (status !== 0) throw new Error('the peers could not be installed; use --only to run without them')
}
