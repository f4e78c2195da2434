/** Writes a description to begin with: what the source says, and CHANGE where a student must say it. */
import {
  findFraming,
  findPort,
  findServer,
  findWord,
  type SourceFinding,
  type PortSource,
  type SourceFile,
  type SourceServer,
  usesJson,
} from './look.ts'

export interface FirstDescription {
  readonly yaml: string
  /** The server's file and its language, for a reader; null if no file listens. */
  readonly server: string | null
  /** Whether a program must be written that translates its messages. */
  readonly needsAdapter: boolean
}

export interface FirstOptions {
  readonly name: string
  readonly files: readonly SourceFile[]
  /** Where an editor finds the schema of a description; null if nowhere. */
  readonly schema: string | null
}

/** The text of a description that can be read without a mistake. */
export function writeFirstDescription({ name, files, schema }: FirstOptions): FirstDescription {
  const server = findServer(files)
  const framing = server === null ? null : findFraming(server)
  const needsAdapter = framing?.value === 'adapter'
  const lines = [
    ...(schema === null ? [] : [`# yaml-language-server: $schema=${schema}`]),
    '# How `oxo grade` starts this server and speaks its protocol. A line with CHANGE is a guess: make it say what your',
    '# protocol says. docs/HOMEWORK.md of Oxo explains every key.',
    '',
    `name: ${quote(name)} # CHANGE: who made it, as reports say`,
    '',
    ...writeStart(server),
    '',
    '# shared: a connection may serve both players; player: one connection each; move: a new one for each request',
    `connect: ${framing?.value === 'http' ? 'move' : 'shared'} # CHANGE if it is another one`,
    '',
    ...(needsAdapter ? writeAdapter(framing, files) : writeProtocol(server, framing)),
  ]
  return {
    yaml: `${lines.join('\n')}\n`,
    server: server === null ? null : `${server.file.path} (${server.language.name})`,
    needsAdapter,
  }
}

/** A scalar in single quotes. */
const quote = (text: string): string => `'${text.replaceAll("'", "''").replaceAll(/\s+/g, ' ')}'`

function writeStart(server: SourceServer | null): readonly string[] {
  if (server === null)
    return [
      'start:',
      '  command: ./server {port} # CHANGE: no file that listens was found; {port} is replaced by the port',
    ]
  const { file, language, others } = server
  const port = findPort(server)
  const build = language.build?.(file.path, file.text)
  return [
    'start:',
    ...(build === undefined ? [] : [`  build: ${build} # runs once`]),
    ...writeCommand(language.run(file.path, file.text), file.path, port),
    ...(others.length === 0 ? [] : [`  # These listen too: ${others.join(', ')}`]),
  ]
}

function writeCommand(run: string, path: string, port: SourceFinding<PortSource> | null): readonly string[] {
  if (port === null)
    return [
      `  command: ${run} {port} # CHANGE: no port was found in ${path}; {port} is replaced, or add \`port: 5000\``,
    ]
  const { value, where } = port
  return value.type === 'fixed'
    ? [`  command: ${run}`, `  port: ${value.port} # ${where}`]
    : [`  command: ${value.before}${run}${value.after} # ${where} ${value.words}`]
}

function writeAdapter({ where }: SourceFinding<unknown>, files: readonly SourceFile[]): readonly string[] {
  const own = files.find(({ path }) => /(?:^|\/)adapter\.py$/.test(path))?.path
  return [
    `# ${where} uses the language's own format. An adapter, a program of about thirty lines, translates it:`,
    '# docs/HOMEWORK.md says how, and spec/homework/right/python-pickle/adapter.py is one.',
    `adapter: python3 ${own ?? 'adapter.py # CHANGE: write it'}`,
    'new-game: restart # reset if your protocol has a request for a new game',
  ]
}

function writeProtocol(server: SourceServer | null, framing: ReturnType<typeof findFraming>): readonly string[] {
  const kinds =
    'line, blank-line, json, close, http, {delimiter: ;}, {length: u32, order: big}, {size: 12}, {silence: 50}'
  const value =
    framing === null
      ? 'line # CHANGE: how messages end was not found'
      : `${typeof framing.value === 'string' ? framing.value : `{ length: ${framing.value.length}, order: ${framing.value.order} }`} # ${framing.where}`
  const isHttp = framing?.value === 'http'
  return [
    `# How messages end: ${kinds}`,
    `framing: ${value}`,
    '',
    '# What a client sends. row, col, x, y and cell count from 0; row1, col1, x1, y1 and cell1 from 1; rowA and colA are letters',
    'send:',
    ...(isHttp ? httpRequests : server !== null && usesJson(server) ? jsonRequests : wordRequests(server)),
    '',
    '# How an answer is recognised: by a regular expression, or {json: PATH, is: REGEX}, or {status: 409}',
    'read:',
    ...(isHttp
      ? ["  error: { status: '4..' } # CHANGE", ...jsonAnswers.slice(1)]
      : server !== null && usesJson(server)
        ? jsonAnswers
        : wordAnswers(server)),
  ]
}

const httpRequests = [
  "  move: { method: POST, path: /move, json: { player: '{player}', row: '{row}', col: '{col}' } } # CHANGE",
  '  # reset: { method: POST, path: /reset } # a new game; without it the server starts again for each game',
  '  # board: { method: GET, path: /board }',
]
const jsonRequests = [
  "  move: { json: { type: move, player: '{player}', row: '{row}', col: '{col}' } } # CHANGE",
  '  # reset: { json: { type: reset } } # a new game; without it the server starts again for each game',
  '  # board: { json: { type: board } } # the request for the board, if there is one',
]
const jsonAnswers = [
  '  error: { json: error } # CHANGE',
  "  win: { json: winner, is: '^(?<player>[XO])$' } # CHANGE",
  "  draw: { json: draw, is: '^true$' } # CHANGE",
  '  board: { json: board } # CHANGE: nine cells in reading order, or three rows',
  "  # symbols: { X: X, O: O, empty: '' } # how cells are written, if not X, O and anything else",
]

/** A line whose word stands in the source, or else a guess. */
function found(
  key: string,
  word: SourceFinding<string> | null,
  otherwise: string,
  make: (word: string) => string,
): string {
  return `  ${key}: ${quote(make(word?.value ?? otherwise))} # ${word === null ? 'CHANGE' : `CHANGE if ${word.where} does not mean this`}`
}

function wordRequests(server: SourceServer | null): readonly string[] {
  const find = (words: string): SourceFinding<string> | null => (server === null ? null : findWord(server, words, true))
  const reset = find('reset|new|again|restart|new ?game')
  const board = find('show|board|look|state|print')
  return [
    found('move', find('move|play|set|put|place|mark'), 'MOVE', (word) => `${word} {player} {row1} {col1}`),
    ...(reset === null
      ? ['  # reset: RESET # a new game; without it the server starts again for each game']
      : [found('reset', reset, '', (word) => word)]),
    ...(board === null
      ? ['  # board: BOARD # the request for the board, if there is one']
      : [found('board', board, '', (word) => word)]),
  ]
}

function wordAnswers(server: SourceServer | null): readonly string[] {
  const find = (words: string): SourceFinding<string> | null =>
    server === null ? null : findWord(server, words, false)
  return [
    found('error', find('err|error|wrong|invalid|illegal') ?? find('no(?=:)'), 'ERROR', (word) => `^${word}`),
    found('win', find('win|wins|winner|won'), 'WIN', (word) => `^${word} (?<player>[XO])`),
    found('draw', find('draw|tie|nobody'), 'DRAW', (word) => `^${word}`),
    "  board: { cells: '[XO.]', in: '((?:[XO.][/ ]?){9})$' } # CHANGE: nine cells X, O or . in reading order, at the end",
  ]
}
