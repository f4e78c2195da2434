/** `oxo conform --client`: lets a client play whole games while its connection or its server fails, and judges what it does. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import process from 'node:process'
import { text } from 'node:stream/consumers'
import { holdingClock, makeId, systemRandom, within } from '../../../base/index.ts'
import { connect } from '../../../client/node/index.ts'
import { openServer, type Server } from '../../../server/open.ts'
import { exitCodes, Stop } from '../../../server/stop.ts'
import type { ConformSettings } from '../options.ts'
import { clientFaults } from './faults.ts'
import { type ClientFault, Front } from './front.ts'
import { judgeClient, type ClientGame } from './judge.ts'

/** The interval of heartbeats, in ms. */
const heartbeatMs = 500
/** How many times the patience for one answer a whole game may take. */
const answersOfGame = 6

interface Verdict {
  readonly name: string
  readonly title: string
  readonly rules: readonly string[]
  readonly wrong: readonly string[]
}

/** `command`: `{host}`, `{port}` and `{game}` are replaced. Sets the exit code to 1 if something is wrong. @throws Stop */
export async function conformClient(command: string, settings: ConformSettings): Promise<void> {
  const { patience, fault: only, json: file } = settings
  const chosen = clientFaults.filter(({ name }) => only === undefined || name === only)
  if (chosen.length === 0)
    throw new Stop('usage', `There is no fault ${only}: use one of ${clientFaults.map(({ name }) => name).join(', ')}.`)
  // Silence must be found within the time of a game.
  const server = await openServer({ port: 0, journal: 'memory', rateLimit: 0, limits: { heartbeatMs } })
  const verdicts: Verdict[] = []
  try {
    for (const fault of chosen) {
      const wrong = judgeClient(await play(command, { server, fault, gameMs: answersOfGame * patience }))
      const { name, title, rules } = fault
      verdicts.push({ name, title, rules, wrong })
      process.stdout.write(`${wrong.length === 0 ? 'passed' : 'FAILED'} ${name}: ${title}\n`)
      for (const sentence of wrong) process.stdout.write(`    ${sentence}\n`)
    }
  } finally {
    await server.close()
  }
  const failed = verdicts.filter(({ wrong }) => wrong.length > 0).length
  process.stdout.write(failed === 0 ? 'The client conforms.\n' : `${failed} of ${verdicts.length} games failed.\n`)
  if (failed > 0) process.exitCode = exitCodes.failed
  if (file === undefined) return
  const badge = { schemaVersion: 1, label: 'Oxo client', message: failed === 0 ? 'conforms' : `${failed} games failed` }
  writeFileSync(
    file,
    `${JSON.stringify({ ...badge, color: failed === 0 ? 'brightgreen' : 'red', verdicts }, null, 2)}\n`,
  )
}

interface Game {
  readonly server: Server
  readonly fault: ClientFault
  /** How long the game may take. */
  readonly gameMs: number
}

async function play(command: string, { server, fault, gameMs }: Game): Promise<ClientGame> {
  await using front = await Front.open(server, fault)
  using opponent = connect(`tcp://${server.host}:${server.port}`, { name: 'Opponent' })
  const game = await opponent.create({ game: `c${makeId(systemRandom)}`, seat: 'O' })
  const line = command
    .replaceAll('{host}', '127.0.0.1')
    .replaceAll('{port}', String(front.port))
    .replaceAll('{game}', game.view.game)
  const ended = runClient(line, gameMs)
  void oppose(game)
  const { code, stdout } = await ended
  const { outcome } = await opponent.call('game.get', { game: game.view.game })
  return { fault, seen: front.seen, faultAtMs: front.faultAtMs, code, stdout, isOver: outcome !== null }
}

/** Takes the last free cell, until the game is over or the client closes. */
async function oppose(game: Awaited<ReturnType<ReturnType<typeof connect>['create']>>): Promise<void> {
  for await (const { board, rules, outcome } of game) {
    if (outcome !== null) return
    const cell = board.lastIndexOf('.')
    if (game.myTurn) await game.move(cell % rules.width, Math.floor(cell / rules.width))
  }
}

async function runClient(
  line: string,
  gameMs: number,
): Promise<{ readonly code: number | null; readonly stdout: string }> {
  // A process group of its own, so that all of it can be ended.
  const child = spawn('/bin/sh', ['-c', line], { stdio: ['ignore', 'pipe', 'ignore'], detached: true })
  const stdout = text(child.stdout)
  const exit = once(child, 'exit')
  await within(holdingClock, gameMs, exit)
  const isLate = child.exitCode === null && child.signalCode === null
  if (isLate && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  await exit
  return { code: isLate ? null : child.exitCode, stdout: await stdout }
}
