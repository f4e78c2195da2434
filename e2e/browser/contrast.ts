/** The contrast of what a board shows, from the colours that the browser computes. */
import type { Page } from 'playwright-core'

interface Contrast {
  readonly ratio: number
  /** What WCAG 2 asks for at level AA: 3 for graphics, 4.5 for text. */
  readonly least: number
}

/** The contrasts of a board in the middle of a game whose coordinates are on its cells, by what they are. */
export function contrastOf(page: Page): Promise<Readonly<Record<string, Contrast>>> {
  return page.evaluate(() => {
    const channels = (colour: string): readonly number[] => (colour.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number)
    const lightOf = (colour: string): number => {
      const [red = 0, green = 0, blue = 0] = channels(colour).map((channel) => {
        const share = channel / 255
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
      })
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
    const ratioOf = (a: string, b: string): number => {
      const [dark = 0, light = 0] = [lightOf(a), lightOf(b)].toSorted((one, other) => one - other)
      return (light + 0.05) / (dark + 0.05)
    }
    const styleOf = (selector: string, pseudo?: string): CSSStyleDeclaration => {
      const element = document.querySelector(selector)
      if (element === null) throw new Error(`there is no ${selector}`)
      return getComputedStyle(element, pseudo)
    }
    const x = styleOf('.cells .mark-X').stroke
    const o = styleOf('.cells .mark-O').stroke
    const line = styleOf('.cells').backgroundColor
    const coordinate = styleOf('.options > span').color
    const found: Record<string, Contrast> = {}
    for (const [name, selector] of [
      ['a cell', '.cell:not(.last)'],
      ['the last move', '.last'],
    ] as const) {
      const ground = styleOf(selector).backgroundColor
      found[`X on ${name}`] = { ratio: ratioOf(x, ground), least: 3 }
      found[`O on ${name}`] = { ratio: ratioOf(o, ground), least: 3 }
      found[`lines beside ${name}`] = { ratio: ratioOf(line, ground), least: 3 }
      found[`coordinates on ${name}`] = { ratio: ratioOf(coordinate, ground), least: 4.5 }
    }
    const frame = styleOf('.board').getPropertyValue('--paper')
    const probe = document.querySelector('.options > span') as HTMLElement
    probe.style.backgroundColor = frame
    found['coordinates beside the board'] = {
      ratio: ratioOf(coordinate, getComputedStyle(probe).backgroundColor),
      least: 4.5,
    }
    probe.style.backgroundColor = ''
    const dot = styleOf('.last', '::after').backgroundColor
    found['the dot of the last move'] = { ratio: ratioOf(dot, styleOf('.last').backgroundColor), least: 3 }
    return found
  })
}
