/** How long users wait. `npm test` runs these tests last and alone, because any other load disturbs them. */
import assert from 'node:assert/strict'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { brotliCompressSync } from 'node:zlib'
import type { CDPSession, Page } from 'playwright-core'
import { limits } from '../../src/protocol/index.ts'
import { builtPages, openBrowserServer } from '../browser/test-server.ts'
import { measureFloor, quantile, recordLatency, type LatencySamples } from './latency.ts'
import { seatTwo } from '../browser/seats.ts'
import { Visitor } from '../browser/visitor.ts'

/** One second [B15] plus a margin for a slow machine: the same page took 787 ms on one day and 1,317 ms on another. */
const firstMoveMsMax = 1_500
/** 1,186 to 1,203 ms were measured: 1,030 of them are the network's. */
const slowFirstMoveMsMax = 1_400
const scriptBytesMax = 28 * 1_024
/** The one document of the first page, with its style and script. */
const pageBytesMax = 32 * 1_000
const ownMarkMsMax = 50
const otherScreenMsMax = 100
const moves = 200
/** Other load only adds time, so one good round out of this many is enough. */
const roundsMax = 3

interface Setting {
  /** Latency of each request, in ms. */
  readonly latency: number
  /** Bytes per second. */
  readonly downloadThroughput: number
  readonly uploadThroughput: number
  /** How many times slower the processor is. */
  readonly slowdown: number
}

/** Chromium's preset "Fast 3G": 90 % of 1.6 Mbit/s down and of 750 kbit/s up, and 562.5 ms latency per request. */
const fast3g: Setting = {
  latency: 562.5,
  downloadThroughput: (1_600_000 / 8) * 0.9,
  uploadThroughput: (750_000 / 8) * 0.9,
  slowdown: 1,
}
/** A slow phone far from a mast: 400 kbit/s, a round trip of 400 ms for the one request, a quarter of this processor. */
const slow3g: Setting = { latency: 400, downloadThroughput: 50_000, uploadThroughput: 50_000, slowdown: 4 }

interface FirstVisit {
  /** Time until the first mark was placed. */
  readonly firstMoveMs: number
  /** Compressed JavaScript that had arrived by then. */
  readonly scriptBytes: number
}

/** A first visit with an empty cache, on the throttled connection. */
async function visitFirst(visitor: Visitor, { slowdown, ...connection }: Setting): Promise<FirstVisit> {
  const { page } = visitor
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  await session.send('Network.emulateNetworkConditions', { offline: false, ...connection })
  await session.send('Emulation.setCPUThrottlingRate', { rate: slowdown })
  const scripts = countScripts(session)
  await page.addInitScript(moveFirst)
  await visitor.goto('/')
  const firstMoveMs = await page.evaluate(() => (globalThis as unknown as { firstMove: Promise<number> }).firstMove)
  const inline = await page.evaluate(() => [...document.scripts].map((script) => script.text).join('\n'))
  const scriptBytes = scripts.before(firstMoveMs) + (inline.trim() === '' ? 0 : brotliCompressSync(inline).length)
  return { firstMoveMs, scriptBytes }
}

/** Counts the bytes on the wire of all script files that had arrived completely by a given time. */
function countScripts(session: CDPSession): { before(ms: number): number } {
  const types = new Map<string, { readonly isScript: boolean; readonly sentAt: number }>()
  const arrived: { readonly at: number; readonly bytes: number }[] = []
  let start = 0
  session.on('Network.requestWillBeSent', ({ requestId, type, timestamp }) => {
    if (type === 'Document') start = timestamp
    types.set(requestId, { isScript: type === 'Script', sentAt: timestamp })
  })
  session.on('Network.loadingFinished', ({ requestId, timestamp, encodedDataLength }) => {
    if (types.get(requestId)?.isScript === true)
      arrived.push({ at: (timestamp - start) * 1_000, bytes: encodedDataLength })
  })
  return { before: (ms) => arrived.filter(({ at }) => at <= ms).reduce((sum, { bytes }) => sum + bytes, 0) }
}

/** Runs in the page. Clicks the first cell as soon as it exists; `firstMove` resolves when its mark is painted. */
function moveFirst(): void {
  const firstMove = new Promise<number>((resolve) => {
    const poll = (): void => {
      const cell = document.querySelector<HTMLElement>('[role=gridcell]')
      if (cell === null) return void requestAnimationFrame(poll)
      if (/, X/.test(cell.ariaLabel ?? '')) return void requestAnimationFrame(() => resolve(performance.now()))
      cell.click()
      requestAnimationFrame(poll)
    }
    poll()
  })
  Object.assign(globalThis, { firstMove })
}

test('[B15] on a 3G connection the first move is possible soon, with little JavaScript', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url)
  const { firstMoveMs, scriptBytes } = await visitFirst(visitor, fast3g)
  console.log(`first move on Fast 3G: ${Math.round(firstMoveMs)} ms; JavaScript until then: ${scriptBytes} bytes`)
  assert.ok(scriptBytes > 1_000, 'nothing was counted')
  const { size } = statSync(join(builtPages, 'index.html.br'))
  assert.ok(size <= pageBytesMax, `the first page has ${size} bytes`)
  assert.ok(scriptBytes <= scriptBytesMax, `${scriptBytes} bytes of JavaScript`)
  assert.ok(firstMoveMs <= firstMoveMsMax, `the first move was possible after ${Math.round(firstMoveMs)} ms`)
  await visitor.leave()
})

test('[B15] on slow 3G and a processor four times slower the first move is possible in 1.4 s', async () => {
  const server = await openBrowserServer()
  let least = Infinity
  for (let round = 0; round < roundsMax && least > slowFirstMoveMsMax; round++) {
    await using visitor = await Visitor.open(server.url)
    const { firstMoveMs } = await visitFirst(visitor, slow3g)
    console.log(`first move on slow 3G and a processor four times slower: ${Math.round(firstMoveMs)} ms`)
    least = Math.min(least, firstMoveMs)
    await visitor.leave()
  }
  assert.ok(least <= slowFirstMoveMsMax)
})

/** Cells in the order of play, on a board that nobody wins. */
const side = 15
const placeOf = (move: number) => ({ x: move % side, y: Math.floor(move / side) })

/** Plays `count` moves. Each is tapped when the opponent has seen the previous one and both pages are idle. */
async function playFast(X: Page, O: Page, count: number): Promise<LatencySamples> {
  const recorders = { X: await recordLatency(X), O: await recordLatency(O) }
  const times = { own: [] as number[], other: [] as number[] }
  // A board that has just appeared ignores taps.
  await setTimeout(limits.noticeMs + 300)
  for (let move = 0; move < count; move++) {
    const { x, y } = placeOf(move)
    const [mine, theirs] = move % 2 === 0 ? [recorders.X, recorders.O] : [recorders.O, recorders.X]
    const name = `column ${x + 1}, row ${y + 1}, `
    await Promise.all([mine.rest(), theirs.rest()])
    const [tapped, seen] = await Promise.all([mine.tap(name), theirs.watch(name)])
    times.own.push(tapped.shownAt - tapped.tappedAt)
    times.other.push(seen - tapped.tappedAt)
  }
  return times
}

const longBoard = { rules: { width: side, height: side, line: side } }
/** The whole board is visible, so that any cell can be tapped. */
const screen = { viewport: { width: 1_280, height: 900 } }

/** The longest floor on a quiet machine, in ms: time above it is not caused by the page. */
const quietFloorMs = 25

test('[B15] a tap shows the mark within 50 ms, and on the screen of the opponent within 100 ms', async () => {
  const server = await openBrowserServer()
  const slow: string[] = []
  for (let round = 0; round < roundsMax; round++) {
    await using game = await seatTwo(server, longBoard, screen)
    const { own, other } = await playFast(game.X.page, game.O.page, moves)
    const floorMs = quantile(await measureFloor(game.X.context, moves / 2), 0.99)
    // The median for the own mark: its tail comes from two browsers that paint on two cores, as the floor shows.
    const [ownMs, otherMs] = [quantile(own, 0.5), quantile(other, 0.99)]
    const found =
      `of ${moves} moves, median and 99th percentile: own mark ${ownMs} and ${quantile(own, 0.99)} ms, ` +
      `opponent's screen ${quantile(other, 0.5)} and ${otherMs} ms; a page with one letter ${floorMs} ms`
    console.log(found)
    const noiseMs = Math.max(0, floorMs - quietFloorMs)
    if (ownMs <= ownMarkMsMax + noiseMs && otherMs <= otherScreenMsMax + noiseMs) return
    slow.push(found)
  }
  assert.fail(slow.join('\n'))
})

test('a page that is slow to paint is detected', async () => {
  const server = await openBrowserServer()
  await using game = await seatTwo(server, longBoard, screen)
  const { X, O } = game
  const slowDown = (): void => {
    const block = (ms: number): void => {
      const end = performance.now() + ms
      while (performance.now() < end);
    }
    addEventListener('click', () => block(120), { capture: true })
  }
  await Promise.all([X, O].map(({ page }) => page.evaluate(slowDown)))
  const { own, other } = await playFast(X.page, O.page, 4)
  assert.ok(quantile(own, 0.5) > ownMarkMsMax)
  assert.ok(quantile(other, 0.99) > otherScreenMsMax)
})
