#!/usr/bin/env node
/**
 * Starts Firefox for Playwright, which drives it by WebDriver BiDi. Playwright emulates media features by a command
 * that Firefox ESR 153 does not have; this program stands between them and answers it. Preferences of the profile set
 * the features instead. Delete it when Debian's Firefox knows `emulation.setMediaFeaturesOverride`.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { WebSocket, WebSocketServer } from 'ws'

const unknownCommand = '"method":"emulation.setMediaFeaturesOverride"'
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
    browser.on('message', (data: Buffer) => playwright.send(data.toString()))
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
