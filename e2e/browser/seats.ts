/** Two players of one game, each with a separate browser. */
import type { BrowserContextOptions } from 'playwright-core'
import { connect } from '../../src/client/node/index.ts'
import type { Params } from '../../src/client/index.ts'
import type { BrowserServer } from './test-server.ts'
import { type VisitorIdentity, Visitor } from './visitor.ts'

export interface Seated extends AsyncDisposable {
  readonly game: string
  /** The visitor who plays X and moves first. */
  readonly X: Visitor
  readonly O: Visitor
}

/** Resolves when both see the board. The seats are taken through the client, before a browser opens. */
export async function seatTwo(
  server: BrowserServer,
  params: Params<'game.create'> = {},
  options: BrowserContextOptions = {},
): Promise<Seated> {
  const [first, second] = [await identify(server, 'Ada'), await identify(server, 'Grace')]
  using ada = connect(server.url, { token: first.token })
  using grace = connect(server.url, { token: second.token })
  const { id } = await ada.create({ ...params, seat: 'X' })
  await grace.join(id)
  const [X, O] = await Promise.all([
    Visitor.open(server.url, { ...options, identity: first, name: 'Ada' }),
    Visitor.open(server.url, { ...options, identity: second, name: 'Grace' }),
  ])
  await Promise.all([X, O].map((visitor) => visitor.goto(`/games/${id}`)))
  await Promise.all([X, O].map((visitor) => visitor.cell(0, 0).waitFor()))
  return {
    game: id,
    X,
    O,
    async [Symbol.asyncDispose]() {
      await Promise.all([X, O].map((visitor) => visitor[Symbol.asyncDispose]()))
    },
  }
}

/** Creates an account on the server. */
export async function identify(server: BrowserServer, name: string): Promise<VisitorIdentity> {
  let token = ''
  using client = connect(server.url, { name, onToken: (given) => (token = given) })
  const { id, name: shown } = await client.ready()
  return { token, account: { id, name: shown } }
}

/** Sorts two visitors who play each other: the one who moves first comes first. */
export async function sortBySeat(a: Visitor, b: Visitor): Promise<readonly [X: Visitor, O: Visitor]> {
  const first = await Promise.race([a.standsAt(/^Your move/).then(() => a), b.standsAt(/^Your move/).then(() => b)])
  const second = first === a ? b : a
  await second.standsAt('is to move')
  return [first, second]
}
