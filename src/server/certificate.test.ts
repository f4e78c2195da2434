import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { test, type TestContext } from 'node:test'
import { connect } from 'node:tls'
import { findProgram } from '../../tools/check/programs.ts'
import { systemClock, VirtualClock } from '../base/index.ts'
import { type CertificatePair, readPair, Renewal } from './certificate.ts'
import { openServer } from './open.ts'
import { openScratch, type Scratch } from './testing/scratch.ts'

const kinds = { rsa: ['-newkey', 'rsa:2048'], ec: ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'] }

/** Writes NAME.crt and NAME.key. */
function make(scratch: Scratch, name: string, kind: keyof typeof kinds = 'ec'): void {
  const files = ['-keyout', scratch.path(`${name}.key`), '-out', scratch.path(`${name}.crt`)]
  const args = ['req', '-x509', ...kinds[kind], '-nodes', '-days', '10', '-subj', `/CN=${name}`, ...files]
  assert.equal(spawnSync(findProgram('openssl'), args).status, 0)
}

interface Stand {
  readonly clock: VirtualClock
  readonly renewal: Renewal
  readonly used: CertificatePair[]
  readonly logged: string[]
  /** Advances the clock by a second and waits for the check of the files. */
  readonly pass: () => Promise<void>
}

async function stand(t: TestContext, scratch: Scratch, wall = systemClock.wall()): Promise<Stand> {
  const files = { cert: scratch.path('cert'), key: scratch.path('key') }
  const clock = new VirtualClock(wall)
  const used: CertificatePair[] = []
  const logged: string[] = []
  const log = (fields: object, event: string): void => void logged.push(`${event} ${JSON.stringify(fields)}`)
  const renewal = new Renewal({
    files,
    pair: await readPair(files),
    clock,
    log: { debug: log, info: log, warn: log, error: log },
    use: (pair) => used.push(pair),
  })
  t.after(() => renewal.close())
  const pass = async (): Promise<void> => {
    clock.advance(1_000)
    while (clock.waiting === 0) await new Promise(setImmediate)
  }
  await pass()
  return { clock, renewal, used, logged, pass }
}

function put(scratch: Scratch, name: string): void {
  copyFileSync(scratch.path(`${name}.crt`), scratch.path('cert'))
  copyFileSync(scratch.path(`${name}.key`), scratch.path('key'))
}

test('[W40] a renewed certificate is used within a second of the change of its second file', async (t) => {
  using scratch = openScratch()
  for (const name of ['old', 'new']) make(scratch, name)
  put(scratch, 'old')
  const { used, logged, pass } = await stand(t, scratch)
  await pass()
  assert.deepEqual([used, logged], [[], []])
  copyFileSync(scratch.path('new.crt'), scratch.path('cert'))
  await pass()
  await pass()
  assert.equal(used.length, 0)
  assert.equal(logged.length, 1)
  assert.match(
    logged[0] ?? '',
    /^certificate not renewed: the previous one stays in use .*does not match the first cert/,
  )
  copyFileSync(scratch.path('new.key'), scratch.path('key'))
  await pass()
  assert.equal(used.length, 1)
  assert.match(logged[1] ?? '', /^certificate renewed/)
})

test('[W40] a link that points to another file is followed, as certbot and Kubernetes use links', async (t) => {
  using scratch = openScratch()
  for (const [index, name] of ['one', 'two'].entries()) {
    mkdirSync(scratch.path(`..${index}`))
    make(scratch, name)
    renameSync(scratch.path(`${name}.crt`), scratch.path(`..${index}/tls.crt`))
    renameSync(scratch.path(`${name}.key`), scratch.path(`..${index}/tls.key`))
  }
  symlinkSync('..0', scratch.path('..data'))
  symlinkSync('..data/tls.crt', scratch.path('cert'))
  symlinkSync('..data/tls.key', scratch.path('key'))
  const { used, pass } = await stand(t, scratch)
  symlinkSync('..1', scratch.path('..data_tmp'))
  renameSync(scratch.path('..data_tmp'), scratch.path('..data'))
  await pass()
  assert.equal(used.length, 1)
})

test('[W40] an invalid pair is logged once with the reason, and the next valid pair is used', async (t) => {
  using scratch = openScratch()
  for (const name of ['old', 'new']) make(scratch, name)
  make(scratch, 'rsa', 'rsa')
  put(scratch, 'old')
  const { used, logged, renewal, pass } = await stand(t, scratch)
  for (const [spoil, reason] of [
    [() => rmSync(scratch.path('cert')), /There is no file .*cert\./],
    [() => writeFileSync(scratch.path('cert'), 'half of'), /holds no certificate in PEM/],
    [() => put(scratch, 'old'), null],
    [() => copyFileSync(scratch.path('rsa.key'), scratch.path('key')), /does not match the first certificate/],
    [() => writeFileSync(scratch.path('key'), ''), /holds no key in PEM/],
    [() => (rmSync(scratch.path('key')), mkdirSync(scratch.path('key'))), /is a folder: name a file/],
  ] as const) {
    const before = logged.length
    spoil()
    await pass()
    await pass()
    const added = logged.slice(before)
    assert.equal(added.length, reason === null ? 0 : 1, String(reason))
    if (reason !== null) assert.match(added[0] ?? '', reason)
  }
  assert.equal(used.length, 0)
  rmSync(scratch.path('key'), { recursive: true })
  put(scratch, 'new')
  await renewal.renew()
  assert.equal(used.length, 1)
})

test('[W40] a certificate that is outside its validity period is served, with a warning', async (t) => {
  using scratch = openScratch()
  make(scratch, 'old')
  put(scratch, 'old')
  const early = await stand(t, scratch, 0)
  assert.match(early.logged.join(), /^certificate is not valid yet/)
  const late = await stand(t, scratch, systemClock.wall() + 20 * 86_400_000)
  assert.match(late.logged.join(), /^certificate has expired/)
})

/** Opens a connection and returns the name in the certificate that it gets. */
async function nameAt(port: number): Promise<{ readonly name: string; readonly socket: ReturnType<typeof connect> }> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false })
  await new Promise((resolve) => socket.once('secureConnect', resolve))
  return { name: String(socket.getPeerCertificate().subject.CN), socket }
}

test('[W40] new connections get the renewed certificate, and open ones stay', async () => {
  using scratch = openScratch()
  for (const [name, kind] of [
    ['old', 'rsa'],
    ['new', 'ec'],
  ] as const)
    make(scratch, name, kind)
  put(scratch, 'old')
  const tls = { tlsCert: scratch.path('cert'), tlsKey: scratch.path('key') }
  await using server = await openServer({ port: 0, host: '127.0.0.1', journal: 'memory', pages: false, ...tls })
  const before = await nameAt(server.port)
  put(scratch, 'new')
  await server.renewCertificate()
  const after = await nameAt(server.port)
  assert.deepEqual([before.name, after.name], ['old', 'new'])
  before.socket.write('board\n')
  const logged = await new Promise((resolve) => before.socket.once('data', (data) => resolve(String(data))))
  assert.match(String(logged), /\S/)
  for (const { socket } of [before, after]) socket.destroy()
})

test('[W40] a key of another type, with a passphrase or unreadable is refused at the start in one sentence', async () => {
  using scratch = openScratch()
  make(scratch, 'ec')
  make(scratch, 'rsa', 'rsa')
  const locked = scratch.path('locked.key')
  spawnSync(findProgram('openssl'), [
    'ec',
    '-in',
    scratch.path('ec.key'),
    '-aes128',
    '-passout',
    'pass:x',
    '-out',
    locked,
  ])
  const cert = scratch.path('ec.crt')
  for (const [key, sentence] of [
    [scratch.path('rsa.key'), /does not match the first certificate/],
    [locked, /without a passphrase/],
    [scratch.path('none.key'), /There is no file/],
    [cert, /holds no key in PEM/],
  ] as const)
    await assert.rejects(readPair({ cert, key }), sentence)
  if (process.getuid?.() === 0) return
  chmodSync(locked, 0)
  await assert.rejects(readPair({ cert, key: locked }), /no permission to use/)
})
