/** Rules as data: the m,n,k games, with gravity, misère, wild and shared marks and exact lines as options. */

/** The mark that a move places. own: the player's. wild: the player chooses either. shared: there is only X (notakto). */
export const markRules = ['own', 'wild', 'shared'] as const
export type MarkRule = (typeof markRules)[number]

export interface Rules {
  /** Columns, 1 to 25. */
  readonly width: number
  /** Rows, 1 to 25. */
  readonly height: number
  /** The number of marks in a row, column or diagonal that make a line; from 1 to the longer side. */
  readonly line: number
  /** A mark falls to the lowest empty cell of its column; the event names that cell. */
  readonly gravity: boolean
  /** The player who completes a line loses. */
  readonly misere: boolean
  readonly marks: MarkRule
  /** A line must have exactly `line` marks; a longer one does not count. */
  readonly exact: boolean
}

const classic: Rules = {
  width: 3,
  height: 3,
  line: 3,
  gravity: false,
  misere: false,
  marks: 'own',
  exact: false,
}

/** The games that have a name. */
export const presets = {
  tictactoe: classic,
  gomoku: { ...classic, width: 15, height: 15, line: 5 },
  'connect-four': { ...classic, width: 7, height: 6, line: 4, gravity: true },
  misere: { ...classic, misere: true },
  wild: { ...classic, marks: 'wild' },
  notakto: { ...classic, misere: true, marks: 'shared' },
  'tictactoe-4': { ...classic, width: 4, height: 4, line: 4 },
} as const satisfies Record<string, Rules>
export type PresetName = keyof typeof presets
export const presetNames = Object.keys(presets) as readonly PresetName[]

/** The longest side of a board. */
export const sideMax = 25

/** One sentence that names the violated limit; undefined if the rules can be played. */
export function checkRules(rules: Rules): string | undefined {
  const { width, height, line } = rules
  if (!isWithin(width, sideMax)) return `the width must be a whole number from 1 to ${sideMax}`
  if (!isWithin(height, sideMax)) return `the height must be a whole number from 1 to ${sideMax}`
  const longer = Math.max(width, height)
  if (!isWithin(line, longer)) return `the line must be a whole number from 1 to the longer side, ${longer}`
  return undefined
}

function isWithin(value: number, max: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= max
}

const optionNames: readonly string[] = ['gravity', 'misere', 'wild', 'shared', 'exact']

/**
 * Reads the name of a preset or `W,H,L[+gravity][+misere][+wild|+shared][+exact]`, case-insensitively, with the options
 * in any order. Returns the rules, or one sentence that says what is wrong.
 */
export function parseRules(text: string): Rules | string {
  const lower = text.trim().toLowerCase()
  const preset = presetNames.find((name) => name === lower)
  if (preset !== undefined) return presets[preset]
  const [size = '', ...options] = lower.split('+')
  const [, width, height, line] = /^(\d{1,4}),(\d{1,4}),(\d{1,4})$/.exec(size) ?? []
  const has = new Set(options)
  const isSpelt = has.size === options.length && options.every((option) => optionNames.includes(option))
  if (width === undefined || !isSpelt || (has.has('wild') && has.has('shared'))) {
    return `rules are one of ${presetNames.join(', ')}, or W,H,L[+gravity][+misere][+wild|+shared][+exact]`
  }
  const rules: Rules = {
    width: Number(width),
    height: Number(height),
    line: Number(line),
    gravity: has.has('gravity'),
    misere: has.has('misere'),
    marks: markRules.find((name) => has.has(name)) ?? 'own',
    exact: has.has('exact'),
  }
  return checkRules(rules) ?? rules
}

/** The shortest text that {@link parseRules} reads as these rules: a preset's name if there is one. */
export function makeRules(rules: Rules): string {
  return presetOf(rules) ?? spell(rules)
}

/** The name of these rules; null if they have none. */
export function presetOf(rules: Rules): PresetName | null {
  return presetNames.find((name) => isSameRules(presets[name], rules)) ?? null
}

export function isSameRules(a: Rules, b: Rules): boolean {
  return (
    a.width === b.width &&
    a.height === b.height &&
    a.line === b.line &&
    a.gravity === b.gravity &&
    a.misere === b.misere &&
    a.marks === b.marks &&
    a.exact === b.exact
  )
}

function spell(rules: Rules): string {
  const options = [
    rules.gravity && '+gravity',
    rules.misere && '+misere',
    rules.marks !== 'own' && `+${rules.marks}`,
    rules.exact && '+exact',
  ]
  return `${rules.width},${rules.height},${rules.line}${options.filter((option) => option !== false).join('')}`
}
