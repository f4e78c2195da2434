/** All protocols mean the same: the same commands, each over a randomly drawn protocol, lead to the same game. */
import assert from 'node:assert/strict'
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Random, seededRandom } from '../../src/base/index.ts'
import { presets } from '../../src/game/index.ts'
import { errorNameOf, type GameRecord } from '../../src/protocol/index.ts'
import { askServer, makeRpcRequest } from '../lib/ask.ts'
import { recordFinding } from '../lib/record.ts'
import { plantedCommand, serveCommand, ServerProcess } from '../lib/server-process.ts'
import { openLinesConnection, openWire, type TestConnection } from '../../src/conformance/wire.ts'
import type { Endpoint } from '../../src/conformance/endpoint.ts'

const scripts = Number(process.env['OXO_SCRIPTS'] ?? 300)
const seed = Number(process.env['OXO_SCRIPT_SEED'] ?? 1952)
const together = 8

type Command =
  | { readonly type: 'move'; readonly player: 'X' | 'O'; readonly x: number; readonly y: number }
  | { readonly type: 'restart' }
  | { readonly type: 'resign' }
/** 'ok', or the name of the error. */
type Outcome = string

/** Sends commands over one protocol, on one connection. */
interface ProtocolClient {
  send(game: string, command: Command): Promise<Outcome>
  close(): void
}

function methodOf(game: string, command: Command): string {
  if (command.type === 'restart') return makeRpcRequest(1, 'game.restart', { game })
  if (command.type === 'resign') return makeRpcRequest(1, 'game.resign', { game })
  const { player, x, y } = command
  return makeRpcRequest(1, 'game.move', { game, player, x, y })
}

async function openJson(protocol: 'lines' | 'websocket' | 'http', place: Endpoint): Promise<ProtocolClient> {
  const wire = await openWire(protocol, place, () => undefined)
  return {
    async send(game, command) {
      const { error } = await askServer(wire, methodOf(game, command))
      // The code must belong to the name: otherwise both are compared.
      if (error === undefined) return 'ok'
      const { code, data } = error as { readonly code: number } & typeof error
      return errorNameOf(code) === data?.name ? String(data?.name) : `${code} ${data?.name}`
    },
    close: () => wire.close(),
  }
}

async function openText(place: Endpoint): Promise<ProtocolClient> {
  const wire = await openLinesConnection(place)
  return {
    async send(game, command) {
      await readReply(wire, `watch ${game}`)
      await readReply(wire, 'unwatch')
      const { type } = command
      const line =
        type === 'move' ? `${command.player} ${command.x} ${command.y}` : type === 'restart' ? 'new' : 'resign'
      const [first = ''] = await readReply(wire, line)
      return /^ERR \d+ ([a-z-]+):/.exec(first)?.[1] ?? 'ok'
    },
    close: () => wire.close(),
  }
}

/** Sends a line and reads its reply up to the empty line; skips notifications. */
async function readReply(wire: TestConnection, line: string): Promise<readonly string[]> {
  wire.send(line)
  const reply: string[] = []
  for (let next = await wire.inbox.next(); next !== ''; next = await wire.inbox.next())
    if (!next.startsWith('* ')) reply.push(next)
  return reply
}

/** Sends commands to the HTTP resources. */
function openResources({ host, port }: Endpoint): ProtocolClient {
  return {
    async send(game, command) {
      if (command.type === 'restart') throw new Error('there is no such resource')
      const path = command.type === 'move' ? 'moves' : 'resign'
      const { type: _, ...members } = command
      const response = await fetch(`http://${host}:${port}/games/${game}/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(members),
      })
      const { name } = (await response.json()) as { readonly name?: string }
      return response.ok ? 'ok' : String(name)
    },
    close() {},
  }
}

function makeScript(random: Random): { readonly rules: string; readonly commands: readonly Command[] } {
  const names = Object.keys(presets)
  const rules = names[random.below(names.length)] ?? 'tictactoe'
  const length = 4 + random.below(12)
  return { rules, commands: Array.from({ length }, (_, index) => makeCommand(random, index)) }
}

/** Draws a command: mostly a legal move of the player to move, sometimes not. */
function makeCommand(random: Random, index: number): Command {
  const draw = random.below(20)
  if (draw === 0) return { type: 'restart' }
  if (draw === 1) return { type: 'resign' }
  const player = (index + (draw === 2 ? 1 : 0)) % 2 === 0 ? 'X' : 'O'
  return { type: 'move', player, x: random.below(4), y: random.below(4) }
}

/** Opens every protocol once. */
async function openProtocols(server: ServerProcess): Promise<readonly ProtocolClient[]> {
  return [
    await openJson('lines', server),
    await openText(server),
    await openJson('websocket', server),
    await openJson('http', server),
    openResources(server),
  ]
}

/** Plays one script twice, over one protocol and over all. Returns the differences. */
async function compare(
  number: number,
  protocols: readonly ProtocolClient[],
  wire: TestConnection,
): Promise<readonly string[]> {
  const random = seededRandom(seed + number)
  const { rules, commands } = makeScript(random)
  const [one, mixed] = [`one-${number}`, `all-${number}`]
  for (const game of [one, mixed])
    assert.ok(
      (await askServer(wire, makeRpcRequest(1, 'game.create', { game, rules, seats: 'open' }))).result !== undefined,
    )
  for (const [index, command] of commands.entries()) {
    const choice = protocols[random.below(command.type === 'restart' ? protocols.length - 1 : protocols.length)]
    const [here, there] = [await protocols[0]?.send(one, command), await choice?.send(mixed, command)]
    if (here !== there) return [`script ${number}, command ${index + 1}, ${JSON.stringify(command)}: ${here}, ${there}`]
  }
  const [first, second] = [await eventsOf(wire, one), await eventsOf(wire, mixed)]
  return first === second ? [] : [`script ${number}: ${first} and ${second}`]
}

async function eventsOf(wire: TestConnection, game: string): Promise<string> {
  const { result } = await askServer<GameRecord>(wire, makeRpcRequest(1, 'game.record', { game }))
  return JSON.stringify(result?.entries.map(({ event }) => event))
}

/** Compares scripts until one differs. */
async function compareAll(command: readonly string[], times: number) {
  await using server = await ServerProcess.start(command)
  const findings: string[] = []
  let next = 0
  const work = async (): Promise<void> => {
    const [protocols, wire] = [await openProtocols(server), await openLinesConnection(server)]
    for (let number = next++; number < times && findings.length === 0; number = next++)
      findings.push(...(await compare(number, protocols, wire)))
    for (const protocol of protocols) protocol.close()
    wire.close()
  }
  await Promise.all(Array.from({ length: together }, work))
  return { findings, run: Math.min(next, times) }
}

test('a command means the same through every protocol: same journal, same errors', async (t) => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-protocols-'))
  const { findings } = await compareAll(serveCommand(join(folder.path, 'journal.sqlite')), scripts)
  assert.deepEqual(findings, [], `seed ${seed}`)
  const figure = `${scripts} random scripts, each command through one of 5 ways: same journal, same errors`
  t.diagnostic(figure)
  recordFinding('transparency', {
    promise: 'a command means the same on every protocol',
    test: 'e2e/real/transparency.test.ts',
    figure,
    command: 'OXO_SCRIPTS=1000 node --test e2e/real/transparency.test.ts',
  })
})

test('a protocol that exchanges columns and rows, and one with a different error code, are detected', async () => {
  const caught: string[] = []
  for (const bug of ['text-turned', 'own-error']) {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-protocols-'))
    const { findings, run } = await compareAll(plantedCommand(bug, join(folder.path, 'journal.sqlite')), 300)
    assert.notDeepEqual(findings, [], bug)
    caught.push(`${run} scripts`)
  }
  recordFinding('transparency', {
    planted: 'columns and rows exchanged at the text protocol; another code for an error at the WebSocket',
    caughtAfter: caught.join('; '),
  })
})
