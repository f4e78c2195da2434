/** A description to begin with can be read, for each right submission, and has what its source says. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { readDescription } from '../description/description.ts'
import { writeFirstDescription } from './write.ts'

const right = join(import.meta.dirname, '../../../spec/homework/right')

const firstOf = (files: Readonly<Record<string, string>>, name = 'Ada') => {
  const sources = Object.entries(files).map(([path, text]) => ({ path, text }))
  const first = writeFirstDescription({ name, files: sources, schema: '/s.json' })
  const { start, protocol } = readDescription(first.yaml, 'homework.yaml')
  return { ...first, start, protocol }
}

/** How each of them starts, what is found of how its requests end, and the port where it is in the source. */
const expected: Readonly<Record<string, readonly [command: string, framing: unknown, port?: number]>> = {
  bars: ['node server.js', 'line', 5050],
  'c-struct': ['./server {port}', 'line'],
  'http-json': ['node server.mjs {port}', 'http'],
  'java-nio': ['java -cp out Server {port}', 'line'],
  'length-json': ['python3 server.py {port}', { length: 'u32', order: 'big' }],
  'node-json': ['node server.mjs {port}', 'line'],
  'one-move': ['python3 server.py {port}', 'line'],
  'perl-lines': ['perl server.pl {port}', 'line'],
  'python-lines': ['python3 server.py {port}', 'line'],
  'python-pickle': ['python3 server.py {port}', 'adapter'],
  'stdin-host': ['python3 server.py {port}', 'line'],
  'two-players': ['python3 server.py {port}', 'line'],
}

test('the description of each right submission begins with its command and its framing', () => {
  for (const name of readdirSync(right)) {
    const files = readdirSync(join(right, name)).filter((file) => !/\.(?:yaml|class)$/.test(file))
    const { start, protocol, yaml } = firstOf(
      Object.fromEntries(files.map((file) => [file, readFileSync(join(right, name, file), 'utf8')])),
      name,
    )
    const framing = protocol.type === 'adapter' ? 'adapter' : protocol.framing
    const [command, ends, port = null] = expected[name] ?? []
    assert.deepEqual([start?.command, framing, start?.port], [command, ends, port], name)
    assert.match(yaml, /^# yaml-language-server: \$schema=\/s\.json\n/)
    assert.match(yaml, /# CHANGE/)
  }
})

const ports: readonly (readonly [file: string, text: string, command: string, port: number | null])[] = [
  ['main.py', 's.bind(("", 5000))\ns.listen()', 'python3 main.py', 5000],
  ['app.py', 'PORT = 12345\ns.listen()', 'python3 app.py', 12_345],
  ['app.py', "p.add_argument('--port', type=int)\ns.listen()", 'python3 app.py --port {port}', null],
  ['app.py', 'host = sys.argv[1]\nport = int(sys.argv[2])\ns.listen()', 'python3 app.py localhost {port}', null],
  ['a.js', 'createServer().listen(process.env.PORT ?? 3000)', 'PORT={port} node a.js', null],
  ['a.js', 'createServer().listen(3000)', 'node a.js', 3000],
  ['x/Main.java', 'package x;\nnew ServerSocket(4444)', 'java -cp out x.Main', 4444],
  ['main.go', 'net.Listen("tcp", ":8080")', './server', 8080],
  ['main.go', 'flag.Int("port", 1, "")\nnet.Listen("tcp", a)', './server -port {port}', null],
  ['server.c', 'a.sin_port = htons(7777);\nlisten(s, 5);', './server', 7777],
  ['app.py', 'HOST, PORT = "localhost", 9999\ns.listen()', 'python3 app.py', 9999],
  ['app.py', "server_address = ('localhost', 10000)\ns.listen()", 'python3 app.py', 10_000],
  ['app.py', "asyncio.start_server(handle, '127.0.0.1', 8888)", 'python3 app.py', 8888],
  ['app.py', 'socketserver.TCPServer(("", 6000), Handler)', 'python3 app.py', 6000],
  ['server.c', '#define PORT 8080\nlisten(s, 5);', './server', 8080],
  ['main.rs', 'TcpListener::bind("127.0.0.1:7878")', './server', 7878],
  ['server.rb', 'TCPServer.new("localhost", 2000)', 'ruby server.rb', 2000],
  ['server.py', 's.listen()', 'python3 server.py {port}', null],
  ['readme.md', 'nothing', './server {port}', null],
]
for (const [file, text, command, port] of ports)
  test(`the port is found in ${file}: ${text.replaceAll('\n', '; ')}`, () => {
    const { start } = firstOf({ [file]: text })
    assert.deepEqual([start?.command, start?.port], [command, port])
  })

test('a server is preferred to a client and to a test, and what else listens is named', () => {
  const { server, yaml } = firstOf({
    'client.py': 's.listen()',
    'test_it.py': 's.listen()',
    'src/server.py': 's.listen()',
  })
  assert.equal(server, 'src/server.py (Python)')
  assert.match(yaml, /# These listen too: client\.py, test_it\.py/)
})

test('a length before each message is found with its width and its order', () => {
  for (const [line, framing] of [
    ['sock.sendall(struct.pack("<H", len(data)) + data)', { length: 'u16', order: 'little' }],
    ['sock.sendall(struct.pack("!I", len(data)) + data)', { length: 'u32', order: 'big' }],
    ['head.writeUInt32LE(body.length)', { length: 'u32', order: 'little' }],
    ['sock.sendall(struct.pack("!HH", row, col))', 'line'],
  ] as const) {
    const isPython = line.startsWith('sock')
    const { protocol } = firstOf({ [isPython ? 's.py' : 's.js']: `s.listen()\n${line}` })
    assert.deepEqual(protocol.type === 'patterns' && protocol.framing, framing, line)
  }
})

test('the name of a folder cannot break the file', () => {
  assert.match(firstOf({}, "it's: a # test\n- x").yaml, /name: 'it''s: a # test - x' #/)
})
