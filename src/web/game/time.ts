/** Formats times for clocks and for sentences. */
import { text } from '../language/more.ts'
import { language } from '../language/text.ts'
import type { TimeControl } from '../../game/index.ts'

/** `1:05`, `12:00:00`, and with tenths below ten seconds: `0:09.4`. */
export function formatMs(ms: number): string {
  const isTight = ms < 10_000
  const seconds = isTight ? Math.floor(ms / 1000) : Math.ceil(ms / 1000)
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  const two = (part: number): string => String(part).padStart(2, '0')
  const tenths = isTight ? `.${Math.floor(ms / 100) % 10}` : ''
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}${tenths}`
}

export function sayMs(ms: number): string {
  return text('minutesSeconds', { minutes: Math.floor(ms / 60_000), seconds: Math.floor(ms / 1000) % 60 })
}

const dayMs = 86_400_000

/** The wall clock of a server in the visitor's zone: `since 19:35`. A difference to the visitor's clock could be wrong. */
export function saySince(wall: number): string {
  const format = new Intl.DateTimeFormat(language.value, { hour: 'numeric', minute: '2-digit' })
  return text('since', { time: format.format(wall) })
}

export function sayControl(control: TimeControl): string {
  if ('perMoveMs' in control) {
    if (control.perMoveMs === dayMs) return text('clockDay')
    return text('clockMinutes', { minutes: 0, seconds: Math.round(control.perMoveMs / 1000) })
  }
  const { initialMs, incrementMs } = control
  return text('clockMinutes', { minutes: round(initialMs / 60_000), seconds: round(incrementMs / 1000) })
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
