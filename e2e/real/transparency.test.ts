/** One meaning behind every protocol: the same commands, each through a protocol drawn at random, come to the same game. */
import assert from 'node:assert/strict'
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Random, seededRandom } from '../../src/base/index.ts'
import { presets } from '../../src/game/index.ts'
import { errorNameOf, type GameRecord } from '../../src/protocol/index.ts'
import { ask, makeRequest } from '../lib/ask.ts'
import { record } from '../lib/record.ts'
import { serveCommand, ServerProcess } from '../lib/server-process.ts'
import { openLines, openWire, type Place, type Wire } from '../lib/wire.ts'

const scripts = Number(process.env['OXO_SCRIPTS'] ?? 1_000)
const seed = Number(process.env['OXO_SCRIPT_SEED'] ?? 1952)
const together = 8

type Command =
  | { readonly type: 'move'; readonly player: 'X' | 'O'; readonly x: number; readonly y: number }
  | { readonly type: 'restart' }
  | { readonly type: 'resign' }
/** 'ok', or the error's name. */
type Heard = string

/** One way of saying a command. Each opens what it needs once. */
interface ProtocolAsker {
  say(game: string, command: Command): Promise<Heard>
  close(): void
}

function methodOf(game: string, command: Command): string {
  if (command.type === 'restart') return makeRequest(1, 'game.restart', { game })
  if (command.type === 'resign') return makeRequest(1, 'game.resign', { game })
  const { player, x, y } = command
  return makeRequest(1, 'game.move', { game, player, x, y })
}

async function openJson(protocol: 'lines' | 'websocket' | 'http', place: Place): Promise<ProtocolAsker> {
  const wire = await openWire(protocol, place, () => undefined)
  return {
    async say(game, command) {
      const { error } = await ask(wire, methodOf(game, command))
      // Two that differ only in their number differ.
      if (error === undefined) return 'ok'
      const { code, data } = error as { readonly code: number } & typeof error
      return errorNameOf(code) === data?.name ? String(data?.name) : `${code} ${data?.name}`
    },
    close: () => wire.close(),
  }
}

async function openText(place: Place): Promise<ProtocolAsker> {
  const wire = await openLines(place)
  return {
    async say(game, command) {
      await hearReply(wire, `watch ${game}`)
      await hearReply(wire, 'unwatch')
      const { type } = command
      const line =
        type === 'move' ? `${command.player} ${command.x} ${command.y}` : type === 'restart' ? 'new' : 'resign'
      const [first = ''] = await hearReply(wire, line)
      return /^ERR \d+ ([a-z-]+):/.exec(first)?.[1] ?? 'ok'
    },
    close: () => wire.close(),
  }
}

/** Up to the empty line that ends a reply; what was pushed in between is left out. */
async function hearReply(wire: Wire, line: string): Promise<readonly string[]> {
  wire.say(line)
  const reply: string[] = []
  for (let next = await wire.inbox.next(); next !== ''; next = await wire.inbox.next())
    if (!next.startsWith('* ')) reply.push(next)
  return reply
}

/** The resources of HTTP. */
function openResources({ host, port }: Place): ProtocolAsker {
  return {
    async say(game, command) {
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

/** Mostly whose turn it is and on the board; sometimes not. */
function makeCommand(random: Random, index: number): Command {
  const draw = random.below(20)
  if (draw === 0) return { type: 'restart' }
  if (draw === 1) return { type: 'resign' }
  const player = (index + (draw === 2 ? 1 : 0)) % 2 === 0 ? 'X' : 'O'
  return { type: 'move', player, x: random.below(4), y: random.below(4) }
}

/** Every way in, opened once. */
async function openProtocols(server: ServerProcess): Promise<readonly ProtocolAsker[]> {
  return [
    await openJson('lines', server),
    await openText(server),
    await openJson('websocket', server),
    await openJson('http', server),
    openResources(server),
  ]
}

/** Plays one script twice, by one protocol and by all; what differs. */
async function compare(number: number, protocols: readonly ProtocolAsker[], wire: Wire): Promise<readonly string[]> {
  const random = seededRandom(seed + number)
  const { rules, commands } = makeScript(random)
  const [one, mixed] = [`one-${number}`, `all-${number}`]
  for (const game of [one, mixed])
    assert.ok((await ask(wire, makeRequest(1, 'game.create', { game, rules, seats: 'open' }))).result !== undefined)
  for (const [index, command] of commands.entries()) {
    const choice = protocols[random.below(command.type === 'restart' ? protocols.length - 1 : protocols.length)]
    const [here, there] = [await protocols[0]?.say(one, command), await choice?.say(mixed, command)]
    if (here !== there) return [`script ${number}, command ${index + 1}, ${JSON.stringify(command)}: ${here}, ${there}`]
  }
  const [first, second] = [await eventsOf(wire, one), await eventsOf(wire, mixed)]
  return first === second ? [] : [`script ${number}: ${first} and ${second}`]
}

async function eventsOf(wire: Wire, game: string): Promise<string> {
  const { result } = await ask<GameRecord>(wire, makeRequest(1, 'game.record', { game }))
  return JSON.stringify(result?.entries.map(({ event }) => event))
}

/** Until something differs. */
async function compareAll(command: readonly string[], times: number) {
  await using server = await ServerProcess.start(command)
  const findings: string[] = []
  let next = 0
  const work = async (): Promise<void> => {
    const [protocols, wire] = [await openProtocols(server), await openLines(server)]
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
  record('transparency', {
    promise: 'One meaning behind every protocol',
    test: 'e2e/real/transparency.test.ts',
    figure,
    command: 'node --test e2e/real/transparency.test.ts',
  })
})

test('a protocol that turns the board, and one with an error of its own, are caught', async () => {
  const caught: string[] = []
  for (const bug of ['text-turned', 'own-error']) {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-protocols-'))
    const { findings, run } = await compareAll(
      ['e2e/lib/planted-server.ts', bug, join(folder.path, 'journal.sqlite')],
      300,
    )
    assert.notDeepEqual(findings, [], bug)
    caught.push(`${run} scripts`)
  }
  record('transparency', {
    planted: 'columns and rows exchanged at the text protocol; another code for an error at the WebSocket',
    caughtAfter: caught.join('; '),
  })
})
