/** One meaning in all protocols: what is done over one is seen, and recognised as a repeat, over each other one. */
import assert from 'node:assert/strict'
import { Caller, type WireCheck, createBoard, type CheckedServer } from './check.ts'
import { type TranscriptProtocol, transcriptProtocols } from './transcript.ts'
import { openLinesConnection } from './wire.ts'

/** A game that was opened and moved in over this protocol. */
interface Moved {
  readonly game: string
  readonly token: string | undefined
  readonly account: unknown
}

const corner = { version: 1, x: 0, y: 0 }

async function move(target: CheckedServer, protocol: TranscriptProtocol): Promise<Moved> {
  using caller = await Caller.open(target, protocol)
  const { account } = await caller.call('hello', { name: 'Conform' })
  const game = await createBoard(caller)
  await caller.call('game.move', { game, ...corner })
  return { game, token: caller.token, account }
}

async function assertSeenByText({ place, patience }: CheckedServer, game: string): Promise<void> {
  const connection = await openLinesConnection(place, patience)
  const { inbox } = connection
  connection.send(`watch ${game}`)
  const lines: string[] = []
  for (let line = await inbox.next(); line !== ''; line = await inbox.next()) lines.push(line)
  connection.close()
  assert.match(lines[0] ?? '', /version 2\b/, 'the text protocol should show the same version')
  assert.ok(
    lines.some((line) => /^0 X \. \.$/.test(line)),
    'the text protocol should show the same board',
  )
}

const jsonProtocols = transcriptProtocols.filter((protocol) => protocol !== 'text')

export const sharedChecks: readonly WireCheck[] = transcriptProtocols.map((protocol) => ({
  id: `${protocol}: what was done over another protocol is seen`,
  title: 'what was done over another protocol is seen, and its repeat is recognised',
  rules: ['S3', 'S6'],
  protocol,
  async run(target) {
    const { game, token, account } = await move(target, jsonProtocols.find((other) => other !== protocol) ?? 'lines')
    if (protocol === 'text') return assertSeenByText(target, game)
    using caller = await Caller.open(target, protocol, token)
    const hello = await caller.call('hello', { token })
    assert.deepEqual(hello['account'], account, 'the token should prove the same account')
    const repeat = await caller.call('game.move', { game, ...corner })
    assert.deepEqual([repeat['version'], repeat['board']], [2, 'X........'], 'the repeat should get the same answer')
    assert.equal((await caller.call('game.get', { game }))['version'], 2, 'the move should have been made once')
  },
}))
