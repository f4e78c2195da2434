/** Three streams, each led by a different server: a killed server stops a third of the games, not all. */
import assert from 'node:assert/strict'
import { mkdtempDisposableSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { run } from '../../src/cli/testing/command.ts'
import type { ClusterStatus } from '../../src/protocol/index.ts'
import { partitionOf } from '../../src/journal/index.ts'
import type { NatsServer } from '../../src/cli/demo/nats-server.ts'
import { recordFinding } from '../lib/record.ts'
import { League, type LeagueGame } from './many-games.ts'
import { Nodes } from './nodes.ts'

const partitions = 3
/** Games in each partition. */
const gamesEach = Number(process.env['OXO_CLUSTER_GAMES'] ?? 12) / partitions
/** Factor for all time limits: a busy machine gets twice the time of a quiet one. */
const slowdown = process.env['OXO_QUIET'] === '1' ? 1 : 2
/** Delay between a player's moves, in ms: the test measures gaps, not throughput. */
const thinkMs = 60
/** The longest gap in the games of other streams, in ms: their node may have lost its connection to its NATS server. */
const gapMsMax = 1_500 * slowdown

const starting = Nodes.start({ count: 2, flags: ['--nats-partitions', String(partitions)] })
after(async () => (await starting)[Symbol.asyncDispose]())

const streams = Array.from({ length: partitions }, (_, partition) => `OXO_${partition}`)
const leadersOf = ({ nats }: Nodes): Promise<readonly NatsServer[]> =>
  Promise.all(streams.map((stream) => nats.leaderOf(stream)))

/** Resolves with the leaders of the streams, as soon as each server leads one, or as some server leads none. */
async function awaitLeaders(nodes: Nodes, areSpread: boolean): Promise<readonly NatsServer[]> {
  const late = performance.now() + 30_000
  for (;;) {
    const leaders = await leadersOf(nodes)
    if ((new Set(leaders).size === partitions) === areSpread) return leaders
    if (performance.now() > late) throw new Error(`the streams are led by ${leaders.map(({ name }) => name).join()}`)
    await setTimeout(50)
  }
}

/** Draws game ids, the same number in each partition. */
function drawGames(): readonly string[] {
  const games = Array.from({ length: partitions }, (): string[] => [])
  while (games.some(({ length }) => length < gamesEach)) {
    const game = crypto.randomUUID()
    const own = games[partitionOf(game, partitions)]
    if (own !== undefined && own.length < gamesEach) own.push(game)
  }
  return games.flat()
}

async function statusOf({ url }: { readonly url: string }): Promise<ClusterStatus> {
  return (await (await fetch(`${url}/cluster`, { headers: { accept: 'application/json' } })).json()) as ClusterStatus
}

/** Resolves when the status lists both nodes, and only the first stream has no leader. */
async function seeOneUnled(nodes: Nodes): Promise<void> {
  const late = performance.now() + 30_000
  for (;;) {
    const { nodes: seen, streams: reported } = await statusOf(nodes.at(1))
    const isLed = reported?.map(({ copies }) => copies.some(({ isLeader }) => isLeader)) ?? []
    if (seen.length === 2 && isLed.join() === 'false,true,true') return
    if (performance.now() > late) throw new Error(`${seen.length} nodes; streams with a leader: ${isLed.join()}`)
  }
}

async function oxo(...args: readonly string[]): Promise<void> {
  const { code, stderr } = await run(args)
  assert.equal(code, 0, stderr)
}

/** The lines of an export by game, with their chains. They do not depend on the journal's engine. */
function gamesOf(file: string): Readonly<Record<string, readonly string[] | undefined>> {
  const lines = readFileSync(file, 'utf8').split('\n')
  return Object.groupBy(
    lines.filter((line) => line.startsWith('{"game"')),
    (line) => (JSON.parse(line) as { readonly game: string }).game,
  )
}

test('[J13] [J4] the leader of one stream is killed: games of the other streams continue, and nothing is lost', async () => {
  const nodes = await starting
  const leaders = await awaitLeaders(nodes, true)
  await using league = await League.of(nodes, drawGames(), thinkMs)
  await league.progress(5)
  const { streams: reported, nodes: seen } = await statusOf(nodes.at(1))
  assert.deepEqual(
    reported?.map(({ name, copies }) => [name, copies.find(({ isLeader }) => isLeader)?.server]),
    streams.map((stream, partition) => [stream, leaders[partition]?.name]),
  )
  assert.ok(seen.every(({ behindEach }) => behindEach?.length === partitions))

  const [struck] = leaders
  assert.ok(struck !== undefined)
  const isStruck = ({ game }: LeagueGame): boolean => partitionOf(game, partitions) === 0
  const [waiting, others] = [league.matches.filter(isStruck), league.matches.filter((match) => !isStruck(match))]
  const from = performance.now()
  await struck.stop('SIGKILL')
  await seeOneUnled(nodes)
  await league.progress(3)
  const [gapMs, otherGapMs] = [waiting, others].map((matches) => league.longestGaps(from, matches).at(-1) ?? 0)
  await struck.start()
  await nodes.nats.ready()
  assert.deepEqual(await league.findings(nodes), [])
  report(
    `${league.acknowledged} moves acknowledged in ${league.matches.length} games, 0 lost, 0 doubled, longest gap ` +
      `${gapMs} ms in the games of that stream, ${otherGapMs} ms in those of the two others`,
  )
  assert.ok((otherGapMs ?? Infinity) <= gapMsMax, `${otherGapMs} ms`)
})

test('[J14] a returned server leads its share again once a node has started', async () => {
  const nodes = await starting
  const [struck] = await leadersOf(nodes)
  assert.ok(struck !== undefined)
  await struck.stop('SIGKILL')
  await awaitLeaders(nodes, false)
  await struck.start()
  await nodes.nats.ready()
  await nodes.at(0).kill('SIGTERM')
  await nodes.startAgain(0)
  await awaitLeaders(nodes, true)
})

test('[X6] [J13] games move from three streams to SQLite, and to another number of streams, with the same chains', async () => {
  const { nats } = await starting
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-partitions-'))
  const [first, second] = [join(folder.path, '1.ndjson'), join(folder.path, '2.ndjson')]
  const file = `sqlite:${join(folder.path, 'journal.sqlite')}`
  await oxo('export', first, '--journal', nats.url)
  await oxo('export', first, '--journal', nats.url, '--continue')
  await oxo('import', first, '--journal', file)
  await oxo('export', second, '--journal', file)
  await oxo('import', second, '--journal', `${nats.url}/two`, '--nats-partitions', '2')
  const games = gamesOf(first)
  assert.ok(Object.keys(games).length > gamesEach * partitions)
  assert.deepEqual(gamesOf(second), games)
  const foreign = await run(['export', first, '--journal', `${nats.url}/two`, '--continue'])
  assert.equal(foreign.code, 1)
  assert.match(foreign.stderr, /is an export of another journal/)
})

function report(figure: string): void {
  const promise = 'the leader of one of three streams is killed: the games of the others continue'
  console.log(`${promise}: ${figure}`)
  recordFinding('cluster-partitions', {
    promise,
    figure,
    planted: 'see `cluster-checks`; `cluster-kill-leader` is the same with one stream',
    caughtAfter: 'see `cluster-checks`',
    test: 'e2e/cluster/partitions.test.ts',
    command: 'OXO_CLUSTER_GAMES=60 node --test e2e/cluster/partitions.test.ts',
  })
}
