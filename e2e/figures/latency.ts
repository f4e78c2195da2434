/** Measures when a mark is painted, by the clock of the page that shows it. */
import type { BrowserContext, Page } from 'playwright-core'

/** Milliseconds, one for each move. */
export interface LatencySamples {
  /** From the tap to the mark on the player's own screen. */
  readonly own: readonly number[]
  /** From the tap to the mark on the opponent's screen. */
  readonly other: readonly number[]
}

export interface Recorder {
  /** Clicks the cell whose name starts with `name`. Both times are wall-clock times in milliseconds. */
  tap(name: string): Promise<{ readonly tappedAt: number; readonly shownAt: number }>
  /** Resolves with the wall-clock time at which the cell whose name starts with `name` shows a mark. */
  watch(name: string): Promise<number>
  /** Resolves when the page has painted and is idle: people do not tap while the last mark still appears. */
  rest(): Promise<void>
}

interface Probe {
  tappedAt: number
  /** The centre of a cell; null if there is no such cell or something covers it. */
  place(name: string): { readonly x: number; readonly y: number } | null
  shown(name: string): Promise<number>
}

/** Installs the probe in a page. */
export async function recordLatency(page: Page): Promise<Recorder> {
  await page.evaluate(installProbe)
  const rest = (): Promise<void> =>
    page.evaluate(
      () =>
        new Promise<void>((resolve) => {
          requestAnimationFrame(() => requestAnimationFrame(() => requestIdleCallback(() => resolve())))
        }),
    )
  const shown = (name: string): Promise<number> =>
    page.evaluate((cell) => (globalThis as unknown as { probe: Probe }).probe.shown(cell), name)
  return {
    watch: shown,
    rest,
    async tap(name) {
      const at = await page.evaluate((cell) => (globalThis as unknown as { probe: Probe }).probe.place(cell), name)
      if (at === null) throw new Error(`there is no cell ${name}, or something covers it`)
      // Moves the mouse there first, so that the hover style of the cell is already painted.
      await page.mouse.move(at.x, at.y)
      await rest()
      const appearing = shown(name)
      await page.mouse.down()
      await page.mouse.up()
      const shownAt = await appearing
      const tappedAt = await page.evaluate(() => (globalThis as unknown as { probe: Probe }).probe.tappedAt)
      return { tappedAt, shownAt }
    },
  }
}

/** Runs in the page. */
function installProbe(): void {
  const wall = (ms: number): number => performance.timeOrigin + ms
  const find = (name: string): Element | null => document.querySelector(`[role=gridcell][aria-label^="${name}"]`)
  const probe: Probe = {
    tappedAt: 0,
    place: (name) => {
      const cell = find(name)
      if (cell === null) return null
      const { x, y, width, height } = cell.getBoundingClientRect()
      const middle = { x: x + width / 2, y: y + height / 2 }
      return cell.contains(document.elementFromPoint(middle.x, middle.y)) ? middle : null
    },
    shown: (name) =>
      new Promise((resolve, reject) => {
        const cell = find(name)
        if (cell === null) return reject(new Error(`there is no cell ${name}`))
        const isShown = (): boolean => /, [XO]\b/.test(cell.ariaLabel ?? '')
        // A task posted in the frame that renders the mark runs after the mark is painted.
        const paint = (): void => {
          requestAnimationFrame(() => {
            const { port1, port2 } = new MessageChannel()
            port1.onmessage = () => resolve(wall(performance.now()))
            port2.postMessage(null)
          })
        }
        if (isShown()) return paint()
        const observer = new MutationObserver(() => {
          if (!isShown()) return
          observer.disconnect()
          paint()
        })
        observer.observe(cell, { attributes: true })
      }),
  }
  addEventListener('pointerdown', ({ timeStamp }) => void (probe.tappedAt = wall(timeStamp)), { capture: true })
  Object.assign(globalThis, { probe })
}

/** Measures the delay from a tap to one painted letter in an otherwise empty page, in ms: the machine's own share. */
export async function measureFloor(context: BrowserContext, taps: number): Promise<readonly number[]> {
  const page = await context.newPage()
  await page.setContent('<main role="grid"><p role="gridcell" aria-label="cell, empty">Here</p></main>')
  const recorder = await recordLatency(page)
  const times: number[] = []
  for (let count = 0; count < taps; count++) {
    await recorder.rest()
    await page.evaluate(() => {
      const cell = document.querySelector('p')
      if (cell === null) return
      cell.ariaLabel = 'cell, empty'
      cell.textContent = 'Here'
      cell.onclick = () => Object.assign(cell, { ariaLabel: 'cell, X', textContent: 'X' })
    })
    const { tappedAt, shownAt } = await recorder.tap('cell, ')
    times.push(shownAt - tappedAt)
  }
  await page.close()
  return times
}

/** The quantile `share` (0 to 1) of the values, rounded to tenths. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const value = sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
  return Math.round(value * 10) / 10
}
