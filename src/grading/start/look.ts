/** Looks into the source of a submission for what its description must say. Finds nothing rather than something unlikely. */
import { type Language, sourceLanguages } from './languages.ts'

export interface SourceFile {
  /** Relative to the folder of the submission. */
  readonly path: string
  readonly text: string
}

/** Something that was found, and where: "server.py:12". */
export interface SourceFinding<Value> {
  readonly value: Value
  readonly where: string
}

export interface SourceServer {
  readonly file: SourceFile
  readonly language: Language
  /** Files that listen too, less likely. */
  readonly others: readonly string[]
}

/** The file that is probably the server; null if no file listens. */
export function findServer(files: readonly SourceFile[]): SourceServer | null {
  const candidates = files.flatMap((file) =>
    sourceLanguages
      .filter((language) => language.files.test(file.path) && language.listens.test(file.text))
      .map((language) => ({ file, language })),
  )
  const [best, ...others] = candidates.toSorted((a, b) => likelihood(a.file) - likelihood(b.file))
  return best === undefined ? null : { ...best, others: others.map(({ file }) => file.path) }
}

/** Less is likelier: a file that is called server, then a file near the top. */
const likelihood = ({ path }: SourceFile): number =>
  path.length + (/server[^/]*$/i.test(path) ? 0 : 1_000) + (/client|test/i.test(path) ? 2_000 : 0)

/** The first line that matches, with the match. */
function findLine({ path, text }: SourceFile, pattern: RegExp): SourceFinding<RegExpExecArray> | null {
  for (const [index, line] of text.split('\n').entries()) {
    const match = pattern.exec(line)
    if (match !== null && !/^\s*(?:\/\/|#(?!define)|\*|import\b)/.test(line))
      return { value: match, where: `${path}:${index + 1}` }
  }
  return null
}

/** How the server gets its port: what is added to its command, or the port that the source contains. */
export type PortSource =
  | { readonly type: 'argument'; readonly before: string; readonly after: string; readonly words: string }
  | { readonly type: 'fixed'; readonly port: number }

/** What stands before a port in a source. */
const beforePort = [
  String.raw`#define\s+\w*PORT\w*\s+`,
  String.raw`\bport\w*\s*(?::\s*\w+\s*)?=\s*(?:["'][^"']*["'],\s*)?`,
  String.raw`address\s*=\s*\([^()]*,\s*`,
  String.raw`(?:\bbind|create_server|\w+Server)\(\s*\(\s*[^()]*,\s*`,
  String.raw`start_server\([^()]*,\s*`,
  String.raw`\.listen\(\s*`,
  String.raw`ServerSocket\(\s*`,
  String.raw`TcpListener\([^()]*,\s*`,
  String.raw`TCPServer\.new\((?:[^,()]*,)?\s*`,
  String.raw`htons\(\s*`,
  String.raw`"[\w.]*:`,
]
const fixedPort = new RegExp(`(?:${beforePort.join('|')})(\\d{2,5})\\b`, 'i')
const portVariable = /\b(?:environ\b|getenv\b|process\.env\b|ENV\b|Getenv\b)[^\w]*(?:get\W*)?PORT\b/

export function findPort({ file, language: { argument, first } }: SourceServer): SourceFinding<PortSource> | null {
  const flag = findLine(file, /["'](--?port)["'=]|\bflag\.\w+\((?:&\w+,\s*)?"(port)"/)
  if (flag !== null) {
    const name = flag.value[1] ?? '-port'
    return {
      where: flag.where,
      value: { type: 'argument', before: '', after: ` ${name} {port}`, words: `has ${name}` },
    }
  }
  const any = new RegExp(argument.source)
  const number = new RegExp(`(?=.*(?:port|int|num|atoi|strtol|parse))(?:.*?)(?:${argument.source})`, 'i')
  const given = findLine(file, number) ?? findLine(file, any)
  if (given !== null) {
    const index = Number(given.value.slice(1).find((group) => group !== undefined)) - first
    if (index >= 0 && index < 3) {
      const after = `${' localhost'.repeat(index)} {port}`
      return {
        where: given.where,
        value: { type: 'argument', before: '', after, words: `takes the port as its argument ${index + 1}` },
      }
    }
  }
  const variable = findLine(file, portVariable)
  if (variable !== null)
    return {
      where: variable.where,
      value: { type: 'argument', before: 'PORT={port} ', after: '', words: 'takes the port from the variable PORT' },
    }
  const fixed = findLine(file, fixedPort)
  const port = Number(fixed?.value[1])
  return fixed === null || port < 1 || port > 65_535 ? null : { where: fixed.where, value: { type: 'fixed', port } }
}

export type SourceFraming = 'http' | 'line' | 'adapter' | { readonly length: string; readonly order: 'big' | 'little' }

const bits: Readonly<Record<string, string>> = { B: 'u8', H: 'u16', I: 'u32', L: 'u32', 1: 'u8', 2: 'u16', 4: 'u32' }
const line =
  /readline\(|readLine\(|ReadString\('\\n'|bufio\.NewScanner|createInterface|(?:split|partition|indexOf|index|find|includes)\(\s*b?['"]\\n['"]|b?['"]\\n['"]\s+(?:not\s+)?in\b|\bfgets\(|\.gets\b/

/** How messages end, where the source leaves no doubt. */
export function findFraming({ file }: SourceServer): SourceFinding<SourceFraming> | null {
  const own = findLine(file, /\bpickle\.|Unpickler|ObjectInputStream|Marshal\.load/)
  if (own !== null) return { value: 'adapter', where: own.where }
  const http = findLine(
    file,
    /['"](?:node:)?http['"]|http\.server|HttpServer|"net\/http"|\bFlask\(|express\(|FastAPI\(/,
  )
  if (http !== null || /from ['"](?:node:)?http['"]|import .*http\.server/.test(file.text))
    return { value: 'http', where: http?.where ?? file.path }
  return findLength(file) ?? (/\\n\\n|\\r\\n\\r\\n/.test(file.text) ? null : named(findLine(file, line), 'line'))
}

const named = (found: SourceFinding<unknown> | null, value: SourceFraming): SourceFinding<SourceFraming> | null =>
  found === null ? null : { value, where: found.where }

/** A length that is written before a message. */
function findLength(file: SourceFile): SourceFinding<SourceFraming> | null {
  const order = (sign: string | undefined): 'big' | 'little' => (/^(?:<|LE|l)/i.test(sign ?? '') ? 'little' : 'big')
  for (const [pattern, read] of [
    [/\blen\([^()]*\)\.to_bytes\(\s*([124])\s*,\s*['"](big|little)/, ([, width = '', way]) => [width, order(way)]],
    [/struct\.pack\(\s*['"]([!<>])([BHIL])['"]\s*,\s*len\(/, ([, way, width = '']) => [width, order(way)]],
    [/writeUInt(8|16|32)(BE|LE)?\([^()]*length/, ([, width, way]) => [`${Number(width) / 8}`, order(way)]],
    [/\.writeInt\([^()]*length/, () => ['4', 'big']],
    [/(Big|Little)Endian\.PutUint(16|32)\(.*\blen\(/, ([, way, width]) => [`${Number(width) / 8}`, order(way)]],
  ] as readonly (readonly [RegExp, (match: RegExpExecArray) => readonly [string, 'big' | 'little']])[]) {
    const found = findLine(file, pattern)
    if (found === null) continue
    const [width, way] = read(found.value)
    return { value: { length: bits[width] ?? 'u32', order: way }, where: found.where }
  }
  return null
}

export const usesJson = ({ file }: SourceServer): boolean =>
  /json\.loads?\(|JSON\.parse|json\.Unmarshal|\bGson\b|ObjectMapper|json_decode/.test(file.text)

/** The first text of the source that begins with one of `words`, as the source writes that word. */
export function findWord({ file }: SourceServer, words: string, isWhole: boolean): SourceFinding<string> | null {
  const found = findLine(file, new RegExp(`["'\`](${words})${isWhole ? '["\'`]' : '\\b(?!["\'`])'}`, 'i'))
  return found === null ? null : { value: found.value[1] ?? '', where: found.where }
}
