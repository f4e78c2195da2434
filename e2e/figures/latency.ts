/** When a mark is on the screen, by the clock of the page that shows it. */
import type { Page } from 'playwright-core'

/** Milliseconds, one for each move. */
export interface Times {
  /** From the tap to the own mark. */
  readonly own: readonly number[]
  /** From the tap to the mark on the opponent's screen. */
  readonly other: readonly number[]
}

export interface Recorder {
  /** Taps the cell whose name begins so, with the mouse. Both times by the wall clock, in milliseconds. */
  tap(name: string): Promise<{ readonly tappedAt: number; readonly shownAt: number }>
  /** When something stands in the cell whose name begins so. */
  watch(name: string): Promise<number>
}

interface Probe {
  tappedAt: number
  shown(name: string): Promise<number>
}

/** A page that is asked by this process when what happened. */
export async function record(page: Page): Promise<Recorder> {
  await page.evaluate(installProbe)
  const shown = (name: string): Promise<number> =>
    page.evaluate((cell) => (globalThis as unknown as { probe: Probe }).probe.shown(cell), name)
  return {
    watch: shown,
    async tap(name) {
      const box = await page.getByRole('gridcell', { name: new RegExp(`^${name}`) }).boundingBox()
      if (box === null) throw new Error(`there is no cell ${name}`)
      const hit = await page.evaluate(
        ([x, y]) => document.elementFromPoint(x, y)?.closest('[role=gridcell]')?.ariaLabel,
        [box.x + box.width / 2, box.y + box.height / 2] as const,
      )
      if (hit?.startsWith(name) !== true) throw new Error(`${name} cannot be tapped where it is: ${hit} is there`)
      const appearing = shown(name)
      await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2)
      const shownAt = await appearing
      const tappedAt = await page.evaluate(() => (globalThis as unknown as { probe: Probe }).probe.tappedAt)
      return { tappedAt, shownAt }
    },
  }
}

/** Runs in the page. */
function installProbe(): void {
  const wall = (ms: number): number => performance.timeOrigin + ms
  const probe: Probe = {
    tappedAt: 0,
    shown: (name) =>
      new Promise((resolve) => {
        const isShown = (): boolean => {
          const cell = document.querySelector(`[role=gridcell][aria-label^="${name}"]`)
          return cell !== null && /, [XO]\b/.test(cell.ariaLabel ?? '')
        }
        // A task after the frame in which the mark was drawn: by then it is painted.
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
        observer.observe(document.body, { subtree: true, attributes: true, childList: true })
      }),
  }
  addEventListener('pointerdown', ({ timeStamp }) => void (probe.tappedAt = wall(timeStamp)), { capture: true })
  Object.assign(globalThis, { probe })
}

/** Rounded to tenths. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const value = sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
  return Math.round(value * 10) / 10
}
