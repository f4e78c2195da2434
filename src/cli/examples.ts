/** The examples in a command's help. */

/** Formats pairs of a command and its description as aligned lines. */
export function examples(...lines: readonly (readonly [command: string, about: string])[]): string {
  const width = Math.max(...lines.map(([command]) => command.length))
  return ['', 'Examples:', ...lines.map(([command, about]) => `  ${command.padEnd(width)}  ${about}`.trimEnd())].join(
    '\n',
  )
}
