/** Parses rules and clocks as players write them. */
import { checkTimeControl, parseRules, type Rules, type TimeControl } from '../game/index.ts'
import { Stop } from '../server/stop.ts'

/** Parses the value of `--rules`. @throws Stop */
export function parseRulesFlag(text: string): Rules {
  const rules = parseRules(text)
  if (typeof rules === 'string') throw new Stop('usage', `--rules ${text}: ${rules}.`)
  return rules
}

/** Parses `5+3` (five minutes, plus three seconds per move) or `30s` (thirty seconds for each move). @throws Stop */
export function parseClock(text: string): TimeControl {
  const [, minutes, increment] = /^(\d{1,5}(?:\.\d)?)\+(\d{1,5})$/.exec(text) ?? []
  const [, seconds] = /^(\d{1,7})s$/.exec(text) ?? []
  const control =
    seconds !== undefined
      ? { perMoveMs: Number(seconds) * 1000 }
      : minutes !== undefined
        ? { initialMs: Math.round(Number(minutes) * 60_000), incrementMs: Number(increment) * 1000 }
        : null
  if (control === null)
    throw new Stop('usage', `--clock ${text}: use minutes+seconds like 5+3, or seconds for each move like 30s.`)
  const problem = checkTimeControl(control)
  if (problem !== undefined) throw new Stop('usage', `--clock ${text}: ${problem}.`)
  return control
}
