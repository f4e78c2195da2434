/** Hostile submissions in the real sandbox: each ends with a verdict in time, and leaves neither a process nor a file. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { type Grade, gradeApart, readDescription } from '../../grading/index.ts'
import { findIsolation } from '../../grading/sandbox/isolation.ts'
import { openScratch } from '../../server/testing/scratch.ts'
import { mainFile } from '../testing/command.ts'
import { workerName } from './worker.ts'

const scratch = openScratch()
const temporary = join(scratch.folder, 'tmp')
mkdirSync(temporary)
process.env['TMPDIR'] = temporary
process.env['OXO_TEST_SECRET'] = 'a secret of the teacher'

/** The beginning of each submission: a server of a line protocol that refuses everything. */
const library = `
import os, signal, socket, sys, time
PORT = int(sys.argv[1])
def serve(answer=lambda: b"ERROR\\n", port=PORT):
    listener = socket.create_server(("127.0.0.1", port))
    while True:
        client = listener.accept()[0]
        while client.recv(4096):
            client.sendall(answer())
`

interface Case {
  readonly script: string
  readonly only?: string
  readonly isClient?: boolean
  readonly totalMs?: number
  readonly signal?: AbortSignal
}

async function gradeScript(name: string, { script, only = 'new-game-is-empty', ...options }: Case): Promise<Grade> {
  const folder = join(scratch.folder, name)
  mkdirSync(folder)
  writeFileSync(join(folder, 'server.py'), `${library}\n${script}\n`)
  const text = `
name: ${name}
start: { command: "exec python3 server.py {port} ${markOf(name)}" }
framing: line
send: { move: 'MOVE {player} {row} {col}', reset: RESET }
read: { error: ^ERROR, win: '^WIN (?<player>[XO])', draw: ^DRAW, board: { cells: '[XO.]' } }
client:
  command: 'exec python3 server.py {port} ${markOf(name)}'
  input: ['{row} {col}']
  prints: { error: ^Error, win: '^(?<player>[XO]) won', draw: ^Draw, board: { cells: '[XO.]' } }
  answers: { board: 'BOARD {board}', error: ERROR, win: 'WIN {player}', draw: DRAW }
`
  const before = readdirSync(folder)
  const grade = await gradeApart(readDescription(text, name), {
    folder,
    only: [only],
    isSandboxed: true,
    worker: [process.execPath, mainFile, workerName],
    ...options,
  })
  assert.deepEqual(readdirSync(folder), before, 'the folder of the submission is as it was')
  assert.deepEqual(listRunning(markOf(name)), [], 'no process is left')
  return grade
}

const markOf = (name: string): string => `mark-${process.pid}-${name}`

/** The processes with a word in their command line. */
function listRunning(mark: string): readonly string[] {
  return readdirSync('/proc').filter((entry) => {
    if (!/^\d+$/.test(entry)) return false
    try {
      return readFileSync(`/proc/${entry}/cmdline`, 'utf8').split('\0').includes(mark)
    } catch {
      return false
    }
  })
}

/** Each submission, and what its grade must say. */
const hostile: Readonly<Record<string, readonly [script: string, expected: RegExp, more?: Omit<Case, 'script'>]>> = {
  'hangs at its start': ['time.sleep(60)', /did not listen on port \d+ within 15 s; it printed nothing/],
  'forks without end': [
    // A bound of its own, so that a sandbox that fails does not hurt the machine.
    `for _ in range(150):
    if os.fork() == 0: time.sleep(60); os._exit(0)
time.sleep(60)`,
    /it started more than 64 processes/,
  ],
  'is a client that forks without end': [
    `for _ in range(150):
    if os.fork() == 0: time.sleep(60); os._exit(0)
time.sleep(60)`,
    /the client did not connect to the server; the client was ended: it started more than 64 processes/,
    { only: 'client-win', isClient: true },
  ],
  'prints gigabytes': [
    `end = time.time() + 20
while time.time() < end: sys.stdout.write("x" * 1_000_000)`,
    /it printed more than 64 MiB/,
  ],
  'fills the disk': [
    `for index in range(12):
    with open(f"{index}", "wb") as file: file.write(b"x" * 50_000_000)
time.sleep(60)`,
    /it filled more than 200 MiB of the disk/,
  ],
  'writes a large file': [
    `with open("large", "wb") as file:
    for _ in range(15): file.write(b"x" * 10_000_000)`,
    /it wrote a file of more than 100 MiB/,
  ],
  'ignores SIGTERM': [
    `signal.signal(signal.SIGTERM, signal.SIG_IGN)
serve(lambda: b"BOARD ....X....\\n")`,
    /did not end within 2 s after SIGTERM/,
    { only: 'after-sigterm' },
  ],
  'leaves a child': [
    `if os.fork() == 0:
    os.setsid()
    if os.fork() == 0: os.execve(sys.executable, ["python3", "-c", "import time; time.sleep(60)", sys.argv[2]], {})
    os._exit(0)
serve()`,
    /was answered by an error/,
  ],
  'listens elsewhere': ['serve(port=PORT + 1)', /the server listens on port \d+ instead of \d+/],
  'speaks garbage': [
    String.raw`serve(lambda: b"\xff\x00\x1b[2J\n" * 9)`,
    /was answered by a message that neither `read` nor `ignore` of the description explains/,
  ],
  'needs a terminal': ['open("/dev/tty").readline()', /it needs a terminal, and gets none/],
  'looks for secrets': ['print(sorted(os.environ), os.environ["HOME"])', /'HOME', 'LANG'.*\/home$/m],
  'takes too long': ['serve(lambda: time.sleep(60) or b"")', /it took longer than 2 s in all/, { totalMs: 1_500 }],
}
describe('in the sandbox', { concurrency: 5 }, () => {
  for (const [title, [script, expected, more]] of Object.entries(hostile))
    test(`a submission that ${title} gets a verdict and leaves nothing`, async () => {
      const grade = await gradeScript(title.replaceAll(' ', '-'), { script, ...more })
      const said = grade.impossible ?? grade.checks.map(({ reason }) => reason).join('\n')
      assert.match(said, expected)
      assert.doesNotMatch(said, /SECRET/)
      assert.equal(grade.points, 0)
    })

  test('a submission reaches no address but its own', async () => {
    let comings = 0
    const outside = createServer((socket) => void (comings++, socket.destroy())).listen(0, '127.0.0.1')
    await once(outside, 'listening')
    const { impossible = '', notes } = await gradeScript('outside', {
      script: `socket.create_connection(("127.0.0.1", ${(outside.address() as AddressInfo).port}), timeout=5)`,
    })
    outside.close()
    const { hasOwnNetwork } = findIsolation()
    assert.equal(comings, hasOwnNetwork ? 0 : 1)
    if (hasOwnNetwork) assert.match(impossible, /Connection refused/)
    else assert.match(notes.join('\n'), /^The network was not cut off: /)
  })

  test('an interruption ends the submission and says so', async () => {
    const { impossible } = await gradeScript('interrupted', {
      script: 'time.sleep(60)',
      signal: AbortSignal.timeout(700),
    })
    assert.equal(impossible, 'it was interrupted')
  })
})

after(() => {
  assert.deepEqual(readdirSync(temporary), [], 'no temporary file is left')
  scratch[Symbol.dispose]()
})
