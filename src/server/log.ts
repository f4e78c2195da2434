/** The log of a server on stderr: readable lines if stderr is a terminal, else lines of JSON. */
import { isatty } from 'node:tty'
import { destination, type Logger, pino, stdTimeFunctions } from 'pino'

/** @param isForPeople readable lines instead of JSON; by default whether stderr is a terminal. */
export function openLog(level: string, isForPeople = isatty(2)): Logger {
  const stderr = destination({ fd: 2, sync: false })
  // After a write error (the terminal was closed) logging stops. pino handles a broken pipe itself, but any other error would
  // end the process, and its last flush would retry without end.
  stderr.on('error', () => {
    stderr.write = () => true
    stderr.flush = stderr.flushSync = stderr.end = stderr.destroy = () => {}
  })
  const options = {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  }
  return isForPeople ? pino(options, { write: (line) => void stderr.write(makeLine(line)) }) : pino(options, stderr)
}

/** Formats a JSON line of pino as `12:30:01 warn  what happened  name=value …`. Replaces control characters, so that no logged text can move the cursor. */
export function makeLine(json: string): string {
  const { level, time, msg, ...fields } = JSON.parse(json) as Readonly<Record<string, unknown>>
  const pairs = Object.entries(fields).map(
    ([name, value]) =>
      `${name}=${typeof value === 'string' && /^[\w.:/@-]+$/.test(value) ? value : JSON.stringify(value)}`,
  )
  const words = [String(time).slice(11, 19), String(level).padEnd(5), String(msg), ...pairs].join(' ')
  return `${words.replaceAll(/[\p{Cc}\p{Cf}]/gu, '�')}\n`
}
