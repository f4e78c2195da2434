/** The languages of submissions: which file listens, how it is built and run, and how it takes a port. */

export interface Language {
  readonly name: string
  /** The ends of the names of its files. */
  readonly files: RegExp
  /** What a server's source contains. */
  readonly listens: RegExp
  /** An argument of the command line; the group is its number in the source. */
  readonly argument: RegExp
  /** The number of the first argument in the source. */
  readonly first: number
  readonly build?: (path: string, text: string) => string
  readonly run: (path: string, text: string) => string
}

const className = (path: string, text: string): string => {
  const name = path.replace(/^.*\/|\.\w+$/g, '')
  const [, inside] = /^\s*package\s+([\w.]+)\s*;/m.exec(text) ?? []
  return inside === undefined ? name : `${inside}.${name}`
}
const argv = /\barg(?:v|s|uments)\s*\[\s*([1-9])\s*\]/
const compiled = (compiler: string) => ({
  build: (path: string) => `${compiler} -o server ${path}`,
  run: () => './server',
})

export const sourceLanguages: readonly Language[] = [
  {
    name: 'Python',
    files: /\.py$/,
    listens: /\.listen\(|create_server|start_server|socketserver|HTTPServer|\bFlask\(|FastAPI\(/,
    argument: argv,
    first: 1,
    run: (path) => `python3 ${path}`,
  },
  {
    name: 'JavaScript',
    files: /\.[cm]?[jt]s$/,
    listens: /\.listen\(/,
    argument: argv,
    first: 2,
    run: (path) => `node ${path}`,
  },
  {
    name: 'Java',
    files: /\.java$/,
    listens: /ServerSocket|HttpServer/,
    argument: /\bargs\s*\[\s*(\d)\s*\]/,
    first: 0,
    build: () => `javac -d out $(find . -name '*.java')`,
    run: (path, text) => `java -cp out ${className(path, text)}`,
  },
  { name: 'C', files: /\.c$/, listens: /\blisten\s*\(/, argument: argv, first: 1, ...compiled('cc -O2') },
  {
    name: 'C++',
    files: /\.(?:cc|cpp|cxx)$/,
    listens: /\blisten\s*\(/,
    argument: argv,
    first: 1,
    ...compiled('c++ -O2'),
  },
  {
    name: 'Go',
    files: /\.go$/,
    listens: /net\.Listen|ListenAndServe/,
    argument: /\bos\.Args\[(\d)\]/,
    first: 1,
    build: (path) => `go build -o server ${path}`,
    run: () => './server',
  },
  {
    name: 'Rust',
    files: /\.rs$/,
    listens: /TcpListener/,
    argument: /args\(\)\.nth\((\d)\)|\bargs\[(\d)\]/,
    first: 1,
    ...compiled('rustc -O'),
  },
  {
    name: 'Perl',
    files: /\.pl$/,
    listens: /\bListen\s*=>|\blisten\b/,
    argument: /\$ARGV\[(\d)\]/,
    first: 0,
    run: (path) => `perl ${path}`,
  },
  {
    name: 'Ruby',
    files: /\.rb$/,
    listens: /TCPServer|WEBrick/,
    argument: /\bARGV\[(\d)\]/,
    first: 0,
    run: (path) => `ruby ${path}`,
  },
  {
    name: 'PHP',
    files: /\.php$/,
    listens: /socket_listen|stream_socket_server/,
    argument: argv,
    first: 1,
    run: (path) => `php ${path}`,
  },
  {
    name: 'a shell',
    files: /\.sh$/,
    listens: /\b(?:nc|ncat|netcat|socat)\b/,
    argument: /"?\$\{?(\d)\b/,
    first: 1,
    run: (path) => `bash ${path}`,
  },
]
