#!/usr/bin/env node
/**
 * Starts Firefox for Playwright, which drives it by WebDriver BiDi, and stands between them, because Firefox ESR 153
 * lacks two things. Playwright emulates media features by a command that it does not know: this program answers it, and
 * preferences of the profile set the features. Its events of downloads have no id: here they get one. Delete this when
 * Debian's Firefox knows `emulation.setMediaFeaturesOverride` and sends `download`.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { WebSocket, WebSocketServer } from 'ws'

const unknownCommand = '"method":"emulation.setMediaFeaturesOverride"'
const downloadEvent = /^\{"type":"event","method":"browsingContext\.download(?:WillBegin|End)"/
const announcement = /WebDriver BiDi listening on (ws:\S+)/

const program = process.env['OXO_FIREFOX']
assert.ok(program !== undefined, 'OXO_FIREFOX must name the program of Firefox')
const firefox = spawn(program, process.argv.slice(2), { stdio: ['ignore', 'inherit', 'pipe'] })
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => firefox.kill(signal))
firefox.on('exit', (code) => process.exit(code ?? 1))

for await (const line of createInterface({ input: firefox.stderr })) {
  const url = announcement.exec(line)?.[1]
  if (url === undefined) console.error(line)
  else await relay(url)
}

/** Listens on a port of its own, and relays the one session that is opened there to `url`. */
async function relay(url: string): Promise<void> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  server.on('connection', (playwright, { url: path = '/' }) => {
    const browser = new WebSocket(new URL(path, url), { perMessageDeflate: false, maxPayload: 1 << 28 })
    const opened = once(browser, 'open')
    playwright.on('message', (data: Buffer) => {
      const message = data.toString()
      if (message.includes(unknownCommand)) playwright.send(answer(message))
      else void opened.then(() => browser.send(message))
    })
    browser.on('message', (data: Buffer) => {
      const message = data.toString()
      playwright.send(downloadEvent.test(message) ? nameDownload(message) : message)
    })
    playwright.on('close', () => browser.close())
    browser.on('close', () => playwright.close())
  })
  await once(server, 'listening')
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  console.error(`WebDriver BiDi listening on ws://127.0.0.1:${address.port}`)
}

function answer(command: string): string {
  const { id } = JSON.parse(command) as { readonly id: number }
  return JSON.stringify({ type: 'success', id, result: {} })
}

/** Adds the address to the event as the id of the download: the page makes a new address for each file. */
function nameDownload(event: string): string {
  const { params, ...rest } = JSON.parse(event) as { readonly params: { readonly url: string } }
  return JSON.stringify({ ...rest, params: { ...params, download: params.url } })
}
