/** The worker for games without a server: the service with a journal in memory. */
import { systemClock, systemRandom } from '../../base/index.ts'
import { chooseMove } from '../../game/index.ts'
import { MemoryJournal } from '../../journal/index.ts'
import { makeBody } from '../../protocol/index.ts'
import { Service, type Session, type Think, type Tokens } from '../../service/index.ts'
import type { RestoredGame } from '../local/restored.ts'

/** The pause before the bot moves, in ms, so that the player notices their own mark first. */
const pauseMs = 200

const think: Think = async (game, level) => {
  await new Promise<void>((resolve) => systemClock.after(pauseMs, resolve))
  return chooseMove(game, level, systemRandom)
}

/** There is only one user, so a token is simply the account's id. */
const tokens: Tokens = {
  make: ({ id }) => Promise.resolve(id),
  check: (id) => Promise.resolve({ id, name: id }),
}

const journal = new MemoryJournal()

const open = async (): Promise<Session> => {
  await restoring
  const service = await Service.open({
    journal,
    clock: systemClock,
    random: systemRandom,
    tokens,
    think,
    version: 'oxo in the page',
    limits: { requestsPerSecond: 0, heartbeatMs: 3_600_000 },
  })
  return service.connect({
    protocol: 'websocket',
    address: 'page',
    send: (message) => postMessage(message),
    notify: ({ message }) => postMessage(message),
    close: () => close(),
  })
}

let restoring = Promise.resolve()
let opening: Promise<Session> | null = null

async function restore({ game, entries }: RestoredGame): Promise<void> {
  for (const [after, { at, event }] of entries.entries()) await journal.append(game, after, makeBody(at, event))
}

onmessage = async ({ data }: MessageEvent<string | RestoredGame>) => {
  if (typeof data === 'string') (await (opening ??= open())).hear(data)
  else restoring = restore(data)
}
