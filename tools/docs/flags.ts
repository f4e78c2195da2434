/** The table of docs/OPERATING.md that comes from the command line: flags of `oxo serve` and their variables. */
import { makeServeOptions } from '../../src/cli/serve/options.ts'
import { code, makeTable } from './markdown.ts'

export function flagTable(): string {
  const rows = makeServeOptions().map(({ flags, envVar = '', argChoices, defaultValue, description }) => [
    code(flags),
    code(envVar),
    defaultValue === undefined || defaultValue === false ? '' : code(String(defaultValue)),
    argChoices === undefined ? description : `${description}: ${argChoices.map(code).join(', ')}`,
  ])
  return makeTable(['flag', 'variable', 'default', 'meaning'], rows)
}
