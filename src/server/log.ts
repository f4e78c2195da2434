/** The log of a server on stderr: a line for people where that is a terminal, else a line of JSON. */
import { isatty } from 'node:tty'
import { destination, type Logger, pino, stdTimeFunctions } from 'pino'

/** `isForPeople`: by default where somebody sees it. */
export function openLog(level: string, isForPeople = isatty(2)): Logger {
  const stderr = destination({ fd: 2, sync: false })
  // Once they cannot be written (the terminal was closed) there is no log: pino bears a broken pipe, but any other error ends
  // the process, whose last flush then tries again without end.
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

/** `12:30:01 warn  what happened  name=value …`, of what pino makes of it; nobody's text moves the cursor. */
export function makeLine(json: string): string {
  const { level, time, msg, ...fields } = JSON.parse(json) as Readonly<Record<string, unknown>>
  const said = Object.entries(fields).map(
    ([name, value]) =>
      `${name}=${typeof value === 'string' && /^[\w.:/@-]+$/.test(value) ? value : JSON.stringify(value)}`,
  )
  const words = [String(time).slice(11, 19), String(level).padEnd(5), String(msg), ...said].join(' ')
  return `${words.replaceAll(/[\p{Cc}\p{Cf}]/gu, '�')}\n`
}
