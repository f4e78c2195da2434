/** Checks the files of deploy/ as far as possible without a container engine. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { parse, parseAllDocuments } from 'yaml'
import { leaveOut } from '../../e2e/lib/left-out.ts'
import { makeProgram } from '../../src/cli/program.ts'
import { makeServeOptions } from '../../src/cli/serve/options.ts'
import { findNatsServer } from '../cluster/nats.ts'
import { findProgram, sayWhatIsMissing } from './programs.ts'

const root = join(import.meta.dirname, '../..')
const deploy = join(root, 'deploy')
const read = (path: string): string => readFileSync(join(deploy, path), 'utf8')
const serveVariables = new Map(makeServeOptions().map((option) => [option.envVar ?? '', option]))

/** Asserts that `oxo serve` reads each variable of a node's environment and accepts its value. */
function assertServeEnvironment(environment: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith('OXO_') || name === 'OXO_SECRET') continue
    const option = serveVariables.get(name)
    assert.ok(option !== undefined, `oxo serve reads no ${name}`)
    if (option.argChoices !== undefined) assert.ok(option.argChoices.includes(value), `${name}=${value}`)
  }
}

/** Every HOST:PORT in a text. */
function addressesIn(text: string): readonly string[] {
  return [...text.matchAll(/(?:\/\/|@|,)([a-z][\w.-]*:\d{4})\b/g)].map(([, place = '']) => place)
}

const natsPorts = ['4222', '6222', '8222']

const strict = { additionalProperties: false }
const texts = Type.Array(Type.String())
/** The part of the Compose specification that is used here; anything else is refused. */
const composeFile = Compile(
  Type.Object(
    {
      name: Type.String({ pattern: '^[a-z0-9][a-z0-9_-]*$' }),
      'x-nats': Type.Unknown(),
      'x-nats-environment': Type.Unknown(),
      'x-oxo': Type.Unknown(),
      services: Type.Record(
        Type.String(),
        Type.Object(
          {
            image: Type.String(),
            build: Type.Optional(Type.Object({ context: Type.String(), dockerfile: Type.String() }, strict)),
            command: Type.Optional(texts),
            restart: Type.Enum(['no', 'always', 'on-failure', 'unless-stopped']),
            stop_grace_period: Type.String({ pattern: '^\\d+s$' }),
            stop_signal: Type.Optional(Type.String({ pattern: '^SIG[A-Z0-9]+$' })),
            environment: Type.Record(Type.String(), Type.String()),
            depends_on: Type.Optional(texts),
            ports: Type.Optional(Type.Array(Type.String({ pattern: '^127\\.0\\.0\\.1:\\d+:\\d+$' }))),
            volumes: Type.Optional(Type.Array(Type.String({ pattern: '^[^:]+:/[^:]+(?::ro)?$' }))),
            ulimits: Type.Object({ nofile: Type.Integer() }, strict),
            healthcheck: Type.Optional(
              Type.Object(
                {
                  test: texts,
                  interval: Type.String({ pattern: '^\\d+s$' }),
                  timeout: Type.String({ pattern: '^\\d+s$' }),
                  start_period: Type.String({ pattern: '^\\d+s$' }),
                },
                strict,
              ),
            ),
          },
          strict,
        ),
      ),
      volumes: Type.Record(Type.String(), Type.Object({}, strict)),
    },
    strict,
  ),
)

/** Returns the first fault, or null if there is none. */
function findComposeFault(text: string): string | null {
  const value: unknown = parse(text, { merge: true })
  if (!composeFile.Check(value)) return JSON.stringify(composeFile.Errors(value)[0])
  const { services, volumes } = value
  for (const [name, service] of Object.entries(services)) {
    const unknown = (service.depends_on ?? []).find((other) => !(other in services))
    if (unknown !== undefined) return `${name} depends on ${unknown}, which is no service`
    for (const volume of service.volumes ?? []) {
      const [from = ''] = volume.split(':')
      const isThere = from.startsWith('./') ? existsSync(join(deploy, from)) : from in volumes
      if (!isThere) return `${name}: there is no ${from}`
    }
    for (const place of Object.values(service.environment).flatMap(addressesIn)) {
      const [host = '', port = ''] = place.split(':')
      if (!(host in services) || !natsPorts.includes(port)) return `${name}: no service listens at ${place}`
    }
    if (service.build !== undefined && !existsSync(join(deploy, service.build.context, service.build.dockerfile)))
      return `${name}: there is no ${service.build.dockerfile}`
  }
  return null
}

test('the Compose file is consistent, and planted mistakes are found', () => {
  const text = read('compose.yaml')
  assert.equal(findComposeFault(text), null)
  const { services } = parse(text, { merge: true }) as {
    readonly services: Readonly<Record<string, { readonly environment: Readonly<Record<string, string>> }>>
  }
  for (const { environment } of Object.values(services)) assertServeEnvironment(environment)
  for (const [right, wrong] of [
    ['restart: unless-stopped', 'restart: sometimes'],
    ['depends_on: [nats-1,', 'depends_on: [nats-9,'],
    ['@nats-2:6222', '@nats-9:6222'],
    ['nats-1:8222', 'nats-1:8223'],
    ['- nats-3:/data', '- nats-4:/data'],
    ['./nats/nats.conf', './nats/nuts.conf'],
    ['ulimits:', 'ulimit:'],
  ] as const) {
    assert.ok(text.includes(right), right)
    assert.notEqual(findComposeFault(text.replace(right, wrong)), null, wrong)
  }
})

test('the image contains no packages, because the built program needs none', () => {
  assert.doesNotMatch(read('Dockerfile'), /node_modules|npm (?:prune|install)/)
})

interface Manifest {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace: string }
  readonly data?: Readonly<Record<string, string>>
  readonly spec?: {
    readonly replicas?: number
    readonly serviceName?: string
    readonly selector?: Labels & { readonly matchLabels?: Labels }
    readonly podSelector?: { readonly matchLabels: Labels }
    readonly ports?: readonly { readonly targetPort: string }[]
    readonly template?: { readonly metadata: { readonly labels: Labels }; readonly spec: PodSpec }
    readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[]
  }
}
type Labels = Readonly<Record<string, unknown>>
interface Probe {
  readonly httpGet: { readonly port: string }
}
interface PodSpec {
  readonly volumes?: readonly { readonly name: string; readonly configMap?: { readonly name: string } }[]
  readonly containers: readonly {
    readonly ports: readonly { readonly name: string; readonly containerPort: number }[]
    readonly env: readonly { readonly name: string; readonly value?: string }[]
    readonly volumeMounts: readonly { readonly name: string }[]
    readonly startupProbe: Probe
    readonly readinessProbe: Probe
    readonly livenessProbe: Probe
  }[]
}

const kinds: Readonly<Record<string, string>> = {
  ConfigMap: 'core/v1',
  Service: 'core/v1',
  StatefulSet: 'apps/v1',
  Deployment: 'apps/v1',
  PodDisruptionBudget: 'policy/v1',
  NetworkPolicy: 'networking/v1',
}

const readManifests = (text: string): readonly Manifest[] =>
  parseAllDocuments(text).map((document) => document.toJS() as Manifest)

/** The compiler's errors for manifests as values of the API's types: missing, unknown and mistyped members. */
function findTypeFaults(manifests: readonly Manifest[]): string {
  // The folder is inside the checkout, so that the compiler finds the types.
  const cache = join(root, 'node_modules/.cache')
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'manifests-'))
  try {
    const lines = manifests.map((manifest, index) => {
      const type = `import('kubernetes-types/${kinds[manifest.kind] ?? 'no/such'}').${manifest.kind}`
      return `export const m${index}: ${type} = ${JSON.stringify(manifest)}`
    })
    writeFileSync(join(folder, 'manifests.ts'), lines.join('\n'))
    const flags = [
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      '--module',
      'esnext',
      '--moduleResolution',
      'bundler',
      '--types',
      '',
    ]
    const tsc = join(root, 'node_modules/.bin/tsc')
    return spawnSync(tsc, [...flags, '--ignoreConfig', join(folder, 'manifests.ts')], { encoding: 'utf8' }).stdout
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Every reference in the manifests to something that does not exist. */
function findBrokenReferences(manifests: readonly Manifest[]): readonly string[] {
  const pods = manifests.flatMap(({ spec }) => (spec?.template === undefined ? [] : [spec.template]))
  const hosts = manifests.flatMap(({ kind, metadata: { name }, spec }) =>
    kind === 'StatefulSet'
      ? Array.from({ length: spec?.replicas ?? 1 }, (_, index) => `${name}-${index}.${spec?.serviceName}`)
      : [],
  )
  const found: string[] = []
  for (const { kind, metadata, spec } of manifests) {
    const place = `${kind} ${metadata.name}`
    if (metadata.namespace !== 'oxo') found.push(`${place} is in another namespace`)
    const wanted = spec?.podSelector?.matchLabels ?? spec?.selector?.matchLabels ?? spec?.selector
    const chosen = pods.find(({ metadata: { labels } }) =>
      Object.entries(wanted ?? {}).every(([name, value]) => labels[name] === value),
    )
    if (wanted !== undefined && chosen === undefined) found.push(`${place} selects nothing`)
    const ports = chosen?.spec.containers.flatMap((container) => container.ports.map(({ name }) => name)) ?? []
    for (const { targetPort } of spec?.ports ?? [])
      if (!ports.includes(targetPort)) found.push(`${place}: ${targetPort}`)
    const claims = (spec?.volumeClaimTemplates ?? []).map(({ metadata: { name } }) => name)
    const volumes = [...(spec?.template?.spec.volumes ?? []).map(({ name }) => name), ...claims]
    for (const container of spec?.template?.spec.containers ?? [])
      found.push(...findBrokenIn(container, volumes, hosts).map((what) => `${place}: ${what}`))
  }
  return found
}

function findBrokenIn(
  { ports, volumeMounts, env, startupProbe, readinessProbe, livenessProbe }: PodSpec['containers'][number],
  volumes: readonly string[],
  hosts: readonly string[],
): readonly string[] {
  const own = ports.map(({ name }) => name)
  const probed = [startupProbe, readinessProbe, livenessProbe].map(({ httpGet }) => httpGet.port)
  const isKnownAddress = (address: string): boolean => {
    const [host = '', port = ''] = address.split(':')
    return hosts.includes(host) && natsPorts.includes(port)
  }
  return [
    ...volumeMounts.filter(({ name }) => !volumes.includes(name)).map(({ name }) => `no volume ${name}`),
    ...probed.filter((port) => !own.includes(port)).map((port) => `no port ${port}`),
    ...env.flatMap(({ value = '' }) => addressesIn(value)).filter((address) => !isKnownAddress(address)),
  ]
}

test('the Kubernetes manifests match the API’s types and are consistent, and planted mistakes are found', () => {
  const text = `${read('kubernetes/nats.yaml')}---\n${read('kubernetes/oxo.yaml')}`
  const manifests = readManifests(text)
  assert.equal(manifests.length, 8)
  assert.equal(findTypeFaults(manifests), '')
  assert.deepEqual(findBrokenReferences(manifests), [])
  for (const { env } of manifests.flatMap(({ spec }) => spec?.template?.spec.containers ?? []))
    assertServeEnvironment(Object.fromEntries(env.map(({ name, value = '' }) => [name, value])))
  assert.equal(manifests.find(({ kind }) => kind === 'ConfigMap')?.data?.['nats.conf'], read('nats/nats.conf'))
  const mistaken = [
    ['terminationGracePeriodSeconds: 25', 'terminationGraceSeconds: 20'],
    ['podManagementPolicy: Parallel', 'podManagementPolicy: 3'],
    ['containerPort: 1952', 'containerPort: "1952"'],
  ] as const
  const faults = mistaken.map(([right, wrong]) => findTypeFaults(readManifests(text.replace(right, wrong))))
  for (const fault of faults) assert.match(fault, /error TS/)
  for (const [right, wrong] of [
    ['targetPort: oxo', 'targetPort: oxen'],
    ['nats-2.nats:4222', 'nats-3.nats:4222'],
    ['- name: tmp\n              mountPath', '- name: temp\n              mountPath'],
    ['      app: oxo\n  strategy', '      app: oxen\n  strategy'],
  ] as const) {
    assert.ok(text.includes(right), right)
    assert.notDeepEqual(findBrokenReferences(readManifests(text.replace(right, wrong))), [], wrong)
  }
})

const units = readdirSync(join(deploy, 'systemd'))

test('oxo accepts every command line of a unit', () => {
  const commands = new Map(makeProgram().commands.map((command) => [command.name(), command]))
  const lines = units.flatMap((unit) => [...read(`systemd/${unit}`).matchAll(/^ExecStart=\/usr\/bin\/oxo (.*)$/gm)])
  assert.ok(lines.length >= 3)
  for (const [, line = ''] of lines) {
    const [name = '', ...args] = line.split(' ')
    const flags = commands.get(name)?.options.map(({ long }) => long) ?? []
    for (const arg of args.filter((word) => word.startsWith('--'))) assert.ok(flags.includes(arg), `oxo ${name} ${arg}`)
    assert.ok(commands.has(name), name)
  }
})

test('oxo reads the variables that a unit sets or suggests', () => {
  for (const unit of units) {
    const text = read(`systemd/${unit}`)
    const set = [...text.matchAll(/^(?:Environment=|# {3})((?:[A-Z_\d]+=\S+ ?)+)/gm)].flatMap(([, all = '']) =>
      all.split(' '),
    )
    assertServeEnvironment(
      Object.fromEntries(set.map((one) => [one.split('=')[0] ?? '', one.slice(one.indexOf('=') + 1)])),
    )
  }
})

test('the commands in comments can be pasted into a shell', () => {
  for (const file of ['Dockerfile', 'compose.yaml', 'kubernetes/oxo.yaml']) {
    const commands = read(file)
      .split('\n')
      .filter((line) => /^#\s+(?:docker|kubectl|printf|--)/.test(line))
      .map((line) => line.slice(1))
    assert.ok(commands.length > 0, file)
    // Each line ends a command, or continues it with a backslash.
    const { status, stderr } = spawnSync('sh', ['-nc', commands.join('\n')], { encoding: 'utf8' })
    assert.equal(status, 0, stderr)
    const words = commands.map((command) => command.trim()).filter((command) => !command.startsWith('--'))
    assert.equal(words.filter((command) => command.endsWith('\\')).length, commands.length - words.length, file)
    assert.doesNotMatch(commands.join('\n'), /\\\\$/m)
  }
})

test('systemd accepts the units, and planted mistakes are found', (t) => {
  if (leaveOut(t, sayWhatIsMissing('systemd-analyze'))) return
  const folder = mkdtempSync(join(tmpdir(), 'oxo-units-'))
  t.after(() => rmSync(folder, { recursive: true }))
  // The programs of the units are not installed here.
  const plain = (text: string): string => text.replaceAll(/^(Exec\w+=)\/usr\/s?bin\/\S+/gm, '$1/bin/true')
  const verify = (edit: (text: string) => string): string => {
    for (const unit of units) writeFileSync(join(folder, unit), edit(plain(read(`systemd/${unit}`))))
    const program = findProgram('systemd-analyze')
    const files = units.map((unit) => join(folder, unit))
    return spawnSync(program, ['verify', '--man=no', '--recursive-errors=no', ...files], { encoding: 'utf8' }).stderr
  }
  const ours = (said: string): readonly string[] => said.split('\n').filter((line) => line.includes(folder))
  assert.deepEqual(ours(verify((text) => text)), [])
  assert.notDeepEqual(ours(verify((text) => text.replace('Restart=always', 'Restart=sometimes'))), [])
  assert.notDeepEqual(ours(verify((text) => text.replace('ProtectHome', 'ProtectHomes'))), [])
})

test('nats-server accepts its configuration, and planted mistakes are found', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'oxo-nats-conf-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const check = (text: string) => {
    const file = join(folder, 'nats.conf')
    writeFileSync(file, text)
    const env: Record<string, string> = { NATS_NAME: 'nats-1', NATS_STORE: folder, NATS_PASSWORD: 'secret' }
    for (const server of [1, 2, 3]) env[`NATS_ROUTE_${server}`] = `nats-route://route:secret@nats-${server}:6222`
    const options = { env, encoding: 'utf8' } as const
    return spawnSync(findNatsServer('current'), ['-t', '-c', file], options)
  }
  const text = read('nats/nats.conf')
  assert.match(check(text).stderr, /configuration file .* is valid/)
  assert.notEqual(check(text.replace('sync_interval', 'sync_interwal')).status, 0)
  assert.notEqual(check(text.replace('$NATS_STORE', '$NATS_STORAGE')).status, 0)
})
