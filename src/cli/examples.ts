/** The part of a command's help from which most people learn it. */

/** Lines of a command and what it does. */
export function examples(...lines: readonly (readonly [command: string, about: string])[]): string {
  const width = Math.max(...lines.map(([command]) => command.length))
  return ['', 'Examples:', ...lines.map(([command, about]) => `  ${command.padEnd(width)}  ${about}`.trimEnd())].join(
    '\n',
  )
}
