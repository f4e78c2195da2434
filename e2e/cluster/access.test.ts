/** Authentication of a node at NATS servers, and its messages when they assertRefused it. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { connect as connectTls } from 'node:tls'
import { nkeys } from '@nats-io/nats-core'
import { type JetStreamJournalOptions, openJetStreamJournal } from '../../src/journal/jetstream/index.ts'
import { Certificates, type KeyPair } from '../lib/certificates.ts'
import { NatsAccounts } from '../lib/nats-accounts.ts'
import { NatsCluster } from '../lib/nats-cluster.ts'
import { program, ServerProcess } from '../lib/server-process.ts'

const authorizationLine = /^ {2}users: \[.*\n/m
const authorization = /^authorization \{\n(?: .*\n)*\}\n/m

const files = new Certificates()
after(() => files[Symbol.dispose]())
const authority = files.makeAuthority('authority')
const stranger = files.makeAuthority('stranger')
const hosts = { 'any-node': '', 'known-nodes': '', expired: '', elsewhere: '' }
const address = (name: keyof typeof hosts): string => hosts[name]
for (const [index, name] of Object.keys(hosts).entries()) {
  const [a = 0, b = 0] = crypto.getRandomValues(new Uint8Array(2))
  hosts[name as keyof typeof hosts] = `127.${a}.${b}.${index + 1}`
}
const node = files.make({ name: 'node', by: authority, names: ['DNS:node'] })

function tlsOf({ cert, key }: KeyPair, more = ''): string {
  const [certFile, keyFile, caFile] = [cert, key, authority.cert].map((file) => JSON.stringify(file))
  return `tls { cert_file: ${certFile}, key_file: ${keyFile}, ca_file: ${caFile}${more} }`
}

/** Starts a NATS server whose certificate is for `names`. */
function serve(host: keyof typeof hosts, names: readonly string[], days = 2, more = ''): Promise<NatsCluster> {
  const pair = files.make({ name: `server-${host}`, by: authority, names, days })
  return NatsCluster.start({ address: () => address(host), more: tlsOf(pair, more) })
}

const starting = Promise.all([
  serve('any-node', [`IP:${address('any-node')}`]),
  serve('known-nodes', [`IP:${address('known-nodes')}`], 2, ', verify: true'),
  serve('expired', [`IP:${address('expired')}`], -1),
  serve('elsewhere', ['DNS:elsewhere.example']),
  NatsCluster.start(),
] as const)
after(async () => {
  for (const cluster of await starting) await cluster[Symbol.asyncDispose]()
})

type Options = Omit<JetStreamJournalOptions, 'replicas'>

async function assertEnters(options: Options): Promise<void> {
  const journal = await openJetStreamJournal({ replicas: 1, ...options })
  assert.equal(await journal.append(crypto.randomUUID(), 0, '{}'), 'stored')
  await journal.close()
}

/** The error must be a single line that says what is wrong and what to do. */
async function assertRefused(options: Options, what: RegExp): Promise<void> {
  await assert.rejects(assertEnters(options), (cause) => {
    assert.ok(cause instanceof Error && 'fault' in cause && cause.fault === 'unavailable')
    assert.match(cause.message, what)
    assert.doesNotMatch(cause.message, /\n/)
    return true
  })
}

const withUser = (url: string, user: string): string => url.replace(/\/\/[^@]*@/, user === '' ? '//' : `//${user}@`)
const ca = authority.cert

test('[J12] servers with TLS accept nodes that trust them, with and without a client certificate', async () => {
  const [any, known] = await starting
  await assertEnters({ url: any.url, tls: { ca } })
  await assertEnters({ url: any.url, tls: { ca, ...node } })
  await assertEnters({ url: known.url, tls: { ca, ...node } })
})

test('[J12] every failure between a node and servers with TLS is explained in one sentence', async () => {
  const [{ url: any }, { url: known }, { url: expired }, { url: elsewhere }, { url: plain }] = await starting
  const signed = files.make({ name: 'foreign-node', by: stranger, names: ['DNS:node'] })
  const cases: readonly (readonly [Options, RegExp])[] = [
    [{ url: any }, /this machine does not trust the CA of the servers’ certificate: .* `tls.ca` FILE$/],
    [{ url: any.replace('nats:', 'tls:') }, /: .* `tls.ca` FILE$/],
    [{ url: any, tls: { ca: stranger.cert } }, /is not signed by the CA in `tls.ca` .*stranger.pem: give the file/],
    [{ url: expired, tls: { ca } }, /has expired: renew it$/],
    [{ url: elsewhere, tls: { ca } }, /certificate is for DNS:elsewhere.example: use these names in `url`/],
    [{ url: known, tls: { ca } }, /the servers require a certificate from this node: .* `tls.cert` FILE and `tls.key`/],
    [
      { url: known, tls: { ca, ...signed } },
      /the servers refused the certificate .*foreign-node.pem: add the CA that signed it/,
    ],
    [{ url: plain, tls: { ca } }, /the servers do not use TLS: write nats:\/\/ without `tls.ca`/],
    [{ url: plain.replace('nats:', 'tls:') }, /the servers do not use TLS/],
    [{ url: withUser(any, 'oxo:wrong'), tls: { ca } }, /the servers refused the user or the password/],
    [{ url: withUser(any, ''), tls: { ca } }, /the servers require credentials: give nats:\/\/USER:PASSWORD@HOST or/],
    [{ url: 'nats://127.0.0.1:9' }, /nothing listens there: start the servers, or correct the address$/],
    [{ url: 'nats://nobody.invalid' }, /no host of that name/],
  ]
  await Promise.all(cases.map(([options, what]) => assertRefused(options, what)))
})

test('[J12] credential files that cannot be used are named', async () => {
  const url = 'nats://127.0.0.1:9'
  const text = files.write('text.txt', 'nothing of the kind\n')
  const old = files.make({ name: 'old-node', by: authority, names: ['DNS:node'], days: -1 })
  const absent = files.file('absent')
  const cases: readonly (readonly [Options, RegExp])[] = [
    [{ url, tls: { ca: absent } }, /^`tls.ca` .*absent cannot be read \(ENOENT\)$/],
    [{ url, tls: { ca: text } }, /^`tls.ca` .*text.txt is not a certificate in PEM$/],
    [{ url, tls: { cert: node.cert } }, /^`tls.cert` and `tls.key` belong together/],
    [{ url, tls: { cert: node.cert, key: stranger.key } }, /^`tls.key` .* is not the key of .*node.pem$/],
    [{ url, tls: { cert: node.cert, key: text } }, /^`tls.key` .* is not a private key in PEM/],
    [{ url, tls: { ...old } }, /^`tls.cert` .*old-node.pem expired on .*: renew it$/],
    [{ url, creds: absent }, /^`creds` .*absent cannot be read/],
    [{ url, creds: text }, /^`creds` .*text.txt is neither a credentials file of NATS nor the seed of an nkey/],
  ]
  for (const [options, what] of cases) await assertRefused(options, what)
})

/** Resolves with the subject of the server's certificate, if the server accepts the client certificate `own`. */
function handshake(host: string, own?: KeyPair): Promise<string> {
  const [cert, key] = own === undefined ? [] : [readFileSync(own.cert), readFileSync(own.key)]
  return new Promise((resolve, reject) => {
    const socket = connectTls({ host, port: 6222, ca: readFileSync(ca), cert, key }, () => {
      const { subject } = socket.getPeerCertificate()
      // A server that refuses the certificate says so only after the TLS 1.3 handshake.
      socket.once('data', () => {
        socket.destroy()
        resolve(String(subject.CN))
      })
    })
    socket.once('error', reject).once('close', () => reject(new Error('the server closed the connection')))
  })
}

test('[J12] the servers of a cluster speak TLS among themselves, where their routes say so', async () => {
  const host = (index: number): string => address('any-node').replace(/\d+$/, String(101 + index))
  const names = [0, 1, 2].map((index) => `IP:${host(index)}`)
  const pair = files.make({ name: 'servers', by: authority, names })
  const edit = (config: string): string =>
    config.replace(/^cluster \{\n/m, `cluster {\n  ${tlsOf(pair)}\n`).concat(`${tlsOf(pair)}\n`)
  await using cluster = await NatsCluster.start({ servers: 3, address: host, edit })
  const journal = await openJetStreamJournal({ url: cluster.url, tls: { ca } })
  assert.equal(journal.durability, 'quorum')
  assert.equal(await journal.append('g', 0, '{}'), 'stored')
  await journal.close()
  assert.equal(await handshake(host(0), node), 'servers')
  await assert.rejects(handshake(host(0)))
})

test('[J12] an nkey accepts a node with its seed', async () => {
  const [user, other] = [nkeys.createUser(), nkeys.createUser()]
  const line = `  users: [ { nkey: ${user.getPublicKey()} } ]\n`
  await using cluster = await NatsCluster.start({ edit: (config) => config.replace(authorizationLine, line) })
  const seedOf = (name: string, keys: typeof user): string =>
    files.write(name, `${Buffer.from(keys.getSeed()).toString()}\n`)
  const url = withUser(cluster.url, '')
  await assertEnters({ url, creds: seedOf('user.nk', user) })
  await assertRefused(
    { url, creds: seedOf('other.nk', other) },
    /the servers refused the credentials in `creds` .*other.nk:/,
  )
  await assertRefused({ url }, /the servers require credentials/)
})

test('[J12] an operator’s accounts accept credentials that they issued, also from `oxo serve` over TLS', async () => {
  const [accounts, others] = [new NatsAccounts(), new NatsAccounts()]
  const host = address('known-nodes').replace(/\d+$/, '99')
  const pair = files.make({ name: 'server-accounts', by: authority, names: [`IP:${host}`] })
  await using cluster = await NatsCluster.start({
    address: () => host,
    edit: (config) => `${config.replace(authorization, '')}${accounts.config}\n${tlsOf(pair, ', verify: true')}\n`,
  })
  const url = withUser(cluster.url, '')
  const tls = { ca, ...node }
  const creds = files.write('node.creds', accounts.makeCreds())
  await assertEnters({ url, tls, creds })
  const late = files.write('late.creds', accounts.makeCreds(-60))
  await assertRefused(
    { url, tls, creds: late },
    /the servers refused the credentials in `creds` .*late.creds: .* not expired/,
  )
  const foreign = files.write('foreign.creds', others.makeCreds())
  await assertRefused({ url, tls, creds: foreign }, /the servers refused the credentials in `creds` .*foreign.creds:/)

  const serveIt = [program, 'serve', '--port', '0', '--no-pages', '--log-level', 'silent', '--journal', url]
  const flags = [...serveIt, '--nats-replicas', '1', '--nats-creds', creds, '--nats-tls-ca', ca]
  const env = { OXO_SECRET: 'a secret that no node of this test shares with anybody' }
  await assert.rejects(
    ServerProcess.start(flags, { env }),
    /No NATS server accepts .*: the servers require a certificate from this/,
  )
  const own = ['--nats-tls-cert', node.cert, '--nats-tls-key', node.key]
  await using server = await ServerProcess.start([...flags, ...own], { env })
  const ready = await fetch(`${server.url}/readyz`)
  assert.equal(ready.status, 200)
})
