/**
 * The image of deploy/Dockerfile without a container engine: its last stage is executed in a folder, with this
 * machine's system as the base image. The image's command runs there as the image's user.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { findFreePort } from '../src/base/node/index.ts'
import { leaveOut } from './lib/left-out.ts'
import { sayWhyNotMount } from './lib/mounts.ts'

const timeout = 120_000
const root = join(import.meta.dirname, '..')

interface Instruction {
  readonly name: string
  readonly rest: string
}

/** The instructions of the last stage. */
function readStage(): readonly Instruction[] {
  const lines = readFileSync(join(root, 'deploy/Dockerfile'), 'utf8').split('\n')
  const all = lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ name: line.split(' ')[0] ?? '', rest: line.slice(line.indexOf(' ') + 1) }))
  return all.slice(all.findLastIndex(({ name }) => name === 'FROM') + 1)
}

/** Folders of this machine that stand for the base image. */
const system = ['/usr', '/lib', '/lib64', '/bin', '/sbin', '/dev', '/proc']

/** The command line that runs a command in the image's folder; it becomes the command's process by `exec`. */
function inside(
  folder: string,
  user: string,
  environment: readonly string[],
  command: readonly string[],
): readonly string[] {
  const mounts = system
    .filter((path) => existsSync(path))
    .map((path) => `mkdir -p ${folder}${path} && mount --rbind ${path} ${folder}${path}`)
  // The Node that runs this test stands for the Node of the base image.
  const script = `PATH="$PATH:/usr/sbin:/sbin"; ${mounts.join(' && ')} && mount -t tmpfs tmpfs ${folder}/usr/local/bin && cp ${process.execPath} ${folder}/usr/local/bin/node && ln -s /oxo/bin/oxo.js ${folder}/usr/local/bin/oxo && exec "$@"`
  const chroot = [
    'chroot',
    `--userspec=${user}`,
    folder,
    'env',
    '-i',
    'PATH=/usr/local/bin:/usr/bin:/bin',
    ...environment,
  ]
  return ['unshare', '--mount', 'sh', '-ec', script, 'sh', ...chroot, ...command]
}

class Image implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'oxo-image-'))
  readonly #environment: string[] = []
  #user = 'root'
  #entry: readonly string[] = []
  #command: readonly string[] = []
  health: readonly string[] = []
  readonly volumes: string[] = []

  constructor() {
    for (const path of ['etc', 'tmp', 'oxo']) mkdirSync(join(this.folder, path))
    writeFileSync(join(this.folder, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/oxo:/bin/sh\n')
    writeFileSync(join(this.folder, 'etc/group'), 'root:x:0:\nnode:x:1000:\n')
    spawnSync('chmod', ['1777', join(this.folder, 'tmp')])
    for (const path of [this.folder, join(this.folder, 'oxo')]) spawnSync('chmod', ['755', path])
    for (const instruction of readStage()) this.#carryOut(instruction)
  }

  #carryOut({ name, rest }: Instruction): void {
    switch (name) {
      case 'ENV':
        return void this.#environment.push(...rest.split(' '))
      case 'COPY': {
        const [, from = '', to = ''] = /^--from=build \/oxo\/(\S+) (\S+)$/.exec(rest) ?? []
        const target = join(this.folder, 'oxo', to)
        return cpSync(join(root, from), to.endsWith('/') ? join(target, from) : target, { recursive: true })
      }
      case 'RUN': {
        // The link to `oxo` already exists, see `inside`.
        const commands = rest.replace(/^ln -s \/oxo\/bin\/oxo\.js \/usr\/local\/bin\/oxo && /, '')
        const [file = '', ...args] = inside(this.folder, 'root', [], ['sh', '-ec', commands])
        const { status, stderr } = spawnSync(file, args, { encoding: 'utf8' })
        return assert.equal(status, 0, stderr)
      }
      case 'USER':
        return void (this.#user = rest)
      case 'VOLUME':
        return void this.volumes.push(rest)
      case 'HEALTHCHECK':
        return void (this.health = JSON.parse(rest.slice(rest.indexOf('CMD ') + 4)) as string[])
      case 'ENTRYPOINT':
        return void (this.#entry = JSON.parse(rest) as string[])
      case 'CMD':
        return void (this.#command = JSON.parse(rest) as string[])
      case 'WORKDIR':
      case 'EXPOSE':
        return
      default:
        throw new Error(`the test does not support the Dockerfile instruction ${name}`)
    }
  }

  /** Does what `docker run IMAGE` does, with these variables. */
  run(environment: readonly string[], command = this.#command): ChildProcess {
    return this.exec(environment, [...this.#entry, ...command])
  }

  /** Does what `docker exec` does. */
  exec(environment: readonly string[], command: readonly string[]): ChildProcess {
    const all = [...this.#environment, ...environment]
    const [file = '', ...args] = inside(this.folder, this.#user, all, [
      'sh',
      '-c',
      'cd /oxo && exec "$@"',
      'sh',
      ...command,
    ])
    return spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

async function endOf(child: ChildProcess): Promise<{ readonly code: number; readonly output: string }> {
  const output: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => output.push(String(text)))
  const [code] = await once(child, 'close')
  return { code: Number(code), output: output.join('') }
}

async function listens(child: ChildProcess): Promise<void> {
  assert.ok(child.stdout !== null)
  child.stderr?.pipe(process.stderr)
  for await (const line of createInterface(child.stdout)) if (line.includes('listening')) break
  child.stdout.resume()
}

test(
  'the image serves without configuration, keeps its games in its volume, and can be backed up from outside',
  { timeout },
  async (t) => {
    const reason =
      sayWhyNotMount('tmpfs') ?? (existsSync(join(root, 'dist/cli/main.js')) ? null : 'Run `npm run build`.')
    if (leaveOut(t, reason)) return
    using image = new Image()
    assert.deepEqual(image.volumes, ['/data'])
    assert.equal(statSync(join(image.folder, 'data')).uid, 1_000)
    const port = await findFreePort()
    const environment = [`OXO_PORT=${port}`]
    const board = `http://127.0.0.1:${port}/games/main`
    for (const round of [1, 2]) {
      const child = image.run(environment)
      await listens(child)
      try {
        const page = await fetch(`http://127.0.0.1:${port}/`, { headers: { Accept: 'text/html' } })
        assert.match(await page.text(), /<title>Oxo<\/title>/)
        if (round === 1) {
          const body = JSON.stringify({ player: 'X', x: 1, y: 1 })
          const headers = { 'Content-Type': 'application/json' }
          assert.equal((await fetch(`${board}/moves`, { method: 'POST', body, headers })).status, 200)
          assert.equal((await endOf(image.exec(environment, image.health))).code, 0)
          const { code, output } = await endOf(image.exec(environment, ['oxo', 'backup', '/data/backup/']))
          assert.equal(code, 0, output)
        }
        const seen = await fetch(board, { headers: { Accept: 'application/json' } })
        assert.match(await seen.text(), /"board":"\.\.\.\.X\.\.\.\."/)
      } finally {
        child.kill('SIGTERM')
      }
      assert.deepEqual(await once(child, 'exit'), [0, null])
    }
    assert.notEqual((await endOf(image.exec(environment, image.health))).code, 0)
    // A mounted folder that belongs to root.
    chownSync(join(image.folder, 'data'), 0, 0)
    const { code, output } = await endOf(image.run(environment))
    assert.equal(code, 1)
    assert.match(
      output,
      /\/data .*belongs to root:root with mode 0700, and node may not .*chown node \/data.*on a volume/,
    )
  },
)
