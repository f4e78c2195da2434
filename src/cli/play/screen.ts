/** The terminal: shows the lines of a stage (a menu or a game) and sends it the keys. */
import { isDeepStrictEqual } from 'node:util'
import { Box, type Instance, type Key as InkKey, render, Text, useInput, usePaste, useWindowSize } from 'ink'
import { createElement, type ReactElement, useEffect, useReducer, useRef } from 'react'
import { systemClock, type Timer } from '../../base/index.ts'
import type { Size } from './board-view.ts'
import type { CanvasLine, Span, Style } from './canvas.ts'
import type { KeyPress, TerminalView } from './terminal-view.ts'

/** How often the screen is redrawn for changes that only time causes, such as clocks, in ms. */
const beatMs = 200

interface Look {
  readonly color?: string
  readonly bold?: boolean
  readonly dimColor?: boolean
  readonly underline?: boolean
}

const looks: Readonly<Record<Style, Look>> = {
  plain: {},
  dim: { dimColor: true },
  strong: { bold: true },
  X: { color: 'cyan' },
  O: { color: 'yellow' },
  'last X': { color: 'cyan', bold: true, underline: true },
  'last O': { color: 'yellow', bold: true, underline: true },
  win: { color: 'green', bold: true },
  cursor: { color: 'magenta', bold: true },
  alert: { color: 'red' },
}

export class Screen {
  readonly #instance: Instance
  /** False: use no colours, see https://no-color.org. */
  readonly #hasColors: boolean

  constructor(first: TerminalView, hasColors: boolean) {
    this.#hasColors = hasColors
    this.#instance = render(this.#view(first), { alternateScreen: true, interactive: true, patchConsole: false })
  }

  show(stage: TerminalView): void {
    this.#instance.rerender(this.#view(stage))
  }

  /** Resolves when Ctrl-C was pressed, or after {@link close}. */
  get ended(): Promise<unknown> {
    return this.#instance.waitUntilExit()
  }

  /** Restores the terminal. */
  async close(): Promise<void> {
    this.#instance.unmount()
    await this.ended
  }

  #view(stage: TerminalView): ReactElement {
    return createElement(StageView, { stage, hasColors: this.#hasColors })
  }
}

interface StageProps {
  readonly stage: TerminalView
  readonly hasColors: boolean
}

function StageView({ stage, hasColors }: StageProps): ReactElement {
  const [, redraw] = useReducer((count: number) => count + 1, 0)
  const size = useWindowSize()
  useEffect(() => {
    stage.onChange(redraw)
    return () => stage.onChange(() => {})
  }, [stage])
  const rows = useRef<readonly CanvasLine[]>([])
  useEffect(() => {
    // Mostly nothing has changed; redrawing anyway, five times a second, used 2.5 % of a core.
    return beat(() => isDeepStrictEqual(linesOf(stage, size), rows.current) || redraw())
  }, [stage, size.columns, size.rows])
  useInput((input, key) => {
    for (const each of keysOf(input, key)) stage.press(each)
  })
  usePaste((text) => {
    // Accept a pasted place; any other text would press keys unintentionally.
    const place = text.trim()
    if (/^\d+[ ,]*\d*$/.test(place)) for (const each of place) stage.press(each)
  })
  rows.current = linesOf(stage, size)
  return createElement(Box, { flexDirection: 'column' }, ...rows.current.map((line) => makeRow(line, hasColors)))
}

/** Uses one row fewer than the terminal has, because a full screen would scroll. */
function linesOf(stage: TerminalView, size: Size): readonly CanvasLine[] {
  return stage.lines(size).slice(0, size.rows - 1)
}

function makeRow(line: CanvasLine, hasColors: boolean): ReactElement {
  const spans = line.map((span) => createElement(Text, lookOf(span, hasColors), span.text))
  // A row without characters would have height 0.
  return createElement(Text, { wrap: 'truncate' }, ...(spans.length === 0 ? [' '] : spans))
}

function lookOf({ style }: Span, hasColors: boolean): Look {
  const { color, ...look } = looks[style]
  if (hasColors) return looks[style]
  return color === undefined ? look : { ...look, bold: style === 'win' || style === 'cursor' }
}

function beat(call: () => void): () => void {
  let timer: Timer
  const again = (): void => {
    timer = systemClock.after(beatMs, () => {
      call()
      again()
    })
  }
  again()
  return () => timer.cancel()
}

/** The pressed keys; one input event may contain several. */
function keysOf(input: string, key: InkKey): readonly KeyPress[] {
  if (key.upArrow) return ['up']
  if (key.downArrow) return ['down']
  if (key.leftArrow) return ['left']
  if (key.rightArrow) return ['right']
  if (key.return) return ['enter']
  if (key.escape) return ['escape']
  if (key.tab) return ['tab']
  if (key.backspace || key.delete) return ['backspace']
  if (key.ctrl || key.meta) return []
  return Array.from(input, (each) => (each === '\r' || each === '\n' ? 'enter' : each))
}
