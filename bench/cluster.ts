/**
 * `node bench/cluster.ts` measures: one node on one NATS server and the same node on SQLite; one, two and three nodes on
 * three servers; the lag of followers; the start. `--only partitions` compares one stream with three.
 */
import { parseArgs } from 'node:util'
import { setTimeout } from 'node:timers/promises'
import { NatsCluster } from '../e2e/lib/nats-cluster.ts'
import type { Journal } from '../src/journal/index.ts'
import { openJetStreamJournal } from '../src/journal/jetstream/index.ts'
import { Boards } from './lib/boards.ts'
import { buildProgram } from './lib/built.ts'
import { makeBody } from '../src/protocol/index.ts'
import { generate } from './lib/generate.ts'
import { JournalFolder, playedOut } from './lib/journal-file.ts'
import { inspectMachine } from './lib/machine.ts'
import type { LoadResult } from './lib/plan.ts'
import { MeasuredServer } from './lib/server-process.ts'
import { makePlan, serverArgs, trials } from './lib/trials.ts'
import { readResident, readUsage } from './lib/usage.ts'

buildProgram()
const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    rate: { type: 'string' },
    events: { type: 'string', default: '100000' },
    only: { type: 'string', default: 'speed,nodes,lag,start' },
  },
})
const seconds = Number(options.seconds)
const trial = trials.find(({ name }) => name === 'oxo-lines-unpinned') ?? trials[0]
process.env['OXO_SECRET'] ??= 'the nodes of a benchmark share a secret that is no secret'

async function measure(args: readonly string[], nats?: NatsCluster): Promise<LoadResult> {
  await using server = await MeasuredServer.start({ pin: [], args })
  const alsoPids = nats?.servers.map(({ pid }) => pid) ?? []
  return await generate([], makePlan(trial, server, { seconds, warmUpSeconds: 2, alsoPids }))
}

function clusterArgs(file: string, nats: NatsCluster, more: readonly string[] = []): readonly string[] {
  const args = serverArgs(trial.contender, file)
  const place = args.indexOf('--journal')
  const replicas = String(nats.servers.length)
  return [
    ...args.slice(0, place),
    '--journal',
    nats.url,
    '--nats-replicas',
    replicas,
    ...args.slice(place + 2),
    ...more,
  ]
}

function show(name: string, outcome: LoadResult): LoadResult {
  const { movesPerSecond, p50Ms, p99Ms, serverCpuMicros, alsoCpuMicros, generatorShare } = outcome
  const speed = `${Math.round(movesPerSecond)} moves/s, p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`
  const cpu = `CPU a move: node ${serverCpuMicros.toFixed(1)} µs, NATS ${alsoCpuMicros.toFixed(1)} µs`
  console.log(`${name}: ${speed}, ${cpu}, generator at ${generatorShare.toFixed(2)}`)
  return outcome
}

/** The median; the lower one of an even number. */
const middle = (outcomes: readonly LoadResult[], of: (outcome: LoadResult) => number): number =>
  outcomes.map(of).toSorted((a, b) => a - b)[Math.floor((outcomes.length - 1) / 2)] ?? NaN

/** Each round measures both, so that other load on the machine affects both. Resolves with the moves a second on NATS. */
async function speed(): Promise<number> {
  const [onSqlite, onNats]: [LoadResult[], LoadResult[]] = [[], []]
  for (let round = 0; round < Number(options.rounds); round++) {
    using folder = new JournalFolder(inspectMachine().folder)
    onSqlite.push(show('SQLite', await measure(serverArgs(trial.contender, folder.file))))
    await using one = await NatsCluster.start()
    onNats.push(show('one NATS server, synced', await measure(clusterArgs(folder.file, one), one)))
  }
  const ratio = (of: (outcome: LoadResult) => number): string => (middle(onNats, of) / middle(onSqlite, of)).toFixed(2)
  console.log(
    `NATS to SQLite, of the medians: moves/s ${ratio((outcome) => outcome.movesPerSecond)} (at least 0.5), ` +
      `CPU a move of the node ${ratio((outcome) => outcome.serverCpuMicros)}`,
  )
  using folder = new JournalFolder(inspectMachine().folder)
  await using three = await NatsCluster.start({ servers: 3 })
  show('three NATS servers, synced', await measure(clusterArgs(folder.file, three), three))
  return middle(onNats, (outcome) => outcome.movesPerSecond)
}

/** Compares a journal with one stream and one with three, on the same servers, in alternation. */
async function partitions(): Promise<void> {
  using folder = new JournalFolder(inspectMachine().folder)
  await using nats = await NatsCluster.start({ servers: 3 })
  for (let round = 0; round < Number(options.rounds); round++)
    for (const count of ['1', '3']) {
      const journal = ['--journal', `${nats.url}/round-${round}-${count}`, '--nats-partitions', count]
      const name = `three NATS servers, synced, partitions: ${count}`
      show(name, await measure(clusterArgs(folder.file, nats, journal), nats))
    }
}

interface NodesPlan {
  readonly name: string
  readonly nodes: number
  /** The number of nodes with players: the first ones. */
  readonly busy: number
  readonly boards: number
  /** Moves a second in all; 0: the next move follows each answer at once. */
  readonly rate: number
}

const megabytes = (bytes: number): string => String(Math.round(bytes / 1_048_576))

/** Measures the cost of a move when some of the nodes have players. Resolves with the moves a second. */
async function measureNodes(nats: NatsCluster, plan: NodesPlan): Promise<number> {
  using folder = new JournalFolder(inspectMachine().folder)
  await using stack = new AsyncDisposableStack()
  const nodes: MeasuredServer[] = []
  const journal = ['--journal', `${nats.url}/nodes-${crypto.randomUUID().slice(0, 8)}`]
  for (let node = 0; node < plan.nodes; node++)
    nodes.push(stack.use(await MeasuredServer.start({ pin: [], args: clusterArgs(folder.file, nats, journal) })))
  const busy = nodes.slice(0, plan.busy)
  using boards = await Boards.open(
    busy.map(({ port }) => port),
    plan.boards,
  )
  // The state of nodes that have run for a while: busy code is compiled, and idle nodes have settled.
  boards.play()
  await setTimeout(6_000)
  if (plan.rate > 0) boards.play(plan.rate)
  await setTimeout(2_000)
  const read = () => ({
    nodes: nodes.map(({ pid }) => readUsage(pid).totalMicros),
    nats: nats.servers.map(({ pid }) => readUsage(pid).totalMicros),
    moves: boards.moves,
    at: performance.now(),
  })
  const before = read()
  await setTimeout(seconds * 1_000)
  const after = read()
  const moves = after.moves - before.moves
  const each = after.nodes.map((micros, node) => (micros - (before.nodes[node] ?? 0)) / moves)
  const sum = (all: readonly number[]): number => all.reduce((total, one) => total + one, 0)
  const rate = (moves / (after.at - before.at)) * 1_000
  const speed = `${Math.round(rate)} moves/s`
  const ofNats = (sum(after.nats) - sum(before.nats)) / moves
  const cpu = `nodes ${sum(each).toFixed(1)} (${each.map((micros) => micros.toFixed(1)).join(', ')}), NATS ${ofNats.toFixed(1)}`
  const memory = nodes.map(({ pid }) => megabytes(readResident(pid))).join(', ')
  console.log(`${plan.name}: ${speed}, µs of CPU a move: ${cpu}; nodes have ${memory} MiB`)
  return rate
}

/**
 * Measures the same boards on one, two and three nodes, with idle nodes, and at a fixed rate on two and on ten. A node with
 * less load shares a turn of its loop among fewer moves, so one node alone is also measured with the share of each of several.
 */
async function nodes(): Promise<void> {
  await using nats = await NatsCluster.start({ servers: 3 })
  const boards = 240
  const measure = (name: string, nodes: number, { busy = nodes, share = 1, rate = 0 } = {}): Promise<number> =>
    measureNodes(nats, { name, nodes, busy, boards: boards / share, rate })
  for (let round = 0; round < Number(options.rounds); round++) {
    await measure('nodes: 1', 1)
    await measure('nodes: 2', 2)
    const ofThree = await measure('nodes: 3', 3)
    await measure('nodes: 1, with what each of three had', 1, { share: 3, rate: ofThree / 3 })
    await measure('nodes: 1, and 2 idle', 3, { busy: 1 })
    for (const count of [2, 10]) {
      await measure(`nodes: ${count}, at 1,000 moves/s`, count, { rate: 1_000 })
      await measure(`nodes: 1, with what each of ${count} had`, 1, { share: count, rate: 1_000 / count })
    }
  }
}

/** The time from the acknowledgement at one node to the delivery at another, at a steady rate. */
async function lag(rate: number): Promise<void> {
  await using cluster = await NatsCluster.start()
  const open = () => openJetStreamJournal({ url: cluster.url, replicas: 1 })
  const [writer, follower] = [await open(), await open()]
  const heard = new Map<string, number>()
  follower.follow('', (entries) => {
    for (const { game } of entries) heard.set(game, performance.now())
  })
  const stored = new Map<string, number>()
  const appends: Promise<unknown>[] = []
  const begun = performance.now()
  for (let sent = 0; performance.now() - begun < seconds * 1_000; await setTimeout(1))
    for (; sent < ((performance.now() - begun) / 1_000) * rate; sent++) {
      const game = `lag-${sent}`
      appends.push(writer.append(game, 0, 'x'.repeat(120)).then(() => stored.set(game, performance.now())))
    }
  await Promise.all(appends)
  while (heard.size < stored.size) await setTimeout(10)
  const lags = [...stored]
    .map(([game, at]) => Math.max(0, (heard.get(game) ?? Infinity) - at))
    .toSorted((a, b) => a - b)
  const at = (share: number): string => (lags[Math.floor(lags.length * share)] ?? NaN).toFixed(1)
  console.log(`follow lag at ${Math.round(rate)} appends/s: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms (at most 50 ms)`)
  await writer.close()
  await follower.close()
}

async function fill(journal: Journal, events: number): Promise<void> {
  const lanes = 1_024
  const eventsPerGame = playedOut(0).length
  const lane = async (first: number): Promise<void> => {
    for (let game = first; game * eventsPerGame < events; game += lanes)
      for (const [version, event] of playedOut(game).entries())
        await journal.append(`fill-${game}`, version, makeBody(0, event))
  }
  await Promise.all(Array.from({ length: lanes }, (_, index) => lane(index)))
}

async function start(): Promise<void> {
  using folder = new JournalFolder(inspectMachine().folder)
  await using cluster = await NatsCluster.start({ syncs: false })
  const journal = await openJetStreamJournal({ url: cluster.url, replicas: 1 })
  await fill(journal, Number(options.events))
  await journal.close()
  for (const which of ['first', 'second'])
    await startOne(which, await MeasuredServer.start({ pin: [], args: clusterArgs(folder.file, cluster) }))
}

/** Measures the time until a node is ready, and until its histories are complete. */
async function startOne(which: string, started: MeasuredServer): Promise<void> {
  await using server = started
  const begun = performance.now()
  const ask = (path: string) => fetch(`http://127.0.0.1:${server.port}${path}`)
  while (!(await ask('/readyz')).ok) await setTimeout(10)
  const readyMs = server.startMs + performance.now() - begun
  let most = readResident(server.pid)
  while (!(await (await ask('/readyz?verbose')).text()).includes('catalog: ok')) {
    most = Math.max(most, readResident(server.pid))
    await setTimeout(50)
  }
  const completeMs = server.startMs + performance.now() - begun
  const ready = `${which} node with ${options.events} events: ready in ${Math.round(readyMs)} ms (at most 1,000 ms)`
  console.log(`${ready}, histories complete in ${Math.round(completeMs)} ms, at most ${megabytes(most)} MiB`)
}

const parts = new Set(options.only.split(','))
const rate = parts.has('speed') ? await speed() : NaN
if (parts.has('nodes')) await nodes()
if (parts.has('lag')) await lag(Number(options.rate ?? rate / 2))
if (parts.has('start')) await start()
if (parts.has('partitions')) await partitions()
