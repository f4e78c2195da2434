/** Two people at one game, each at a browser of their own. */
import type { BrowserContextOptions } from 'playwright-core'
import { connect } from '../../src/client/node/index.ts'
import type { Params } from '../../src/client/index.ts'
import type { House } from './house.ts'
import { type Identity, Visitor } from './visitor.ts'

export interface Seated extends AsyncDisposable {
  readonly game: string
  /** Who plays X, and so moves first. */
  readonly X: Visitor
  readonly O: Visitor
}

/** Both see the board. Seats are taken before a browser opens: how to get there is another test's story. */
export async function seatTwo(
  house: House,
  params: Params<'game.create'> = {},
  options: BrowserContextOptions = {},
): Promise<Seated> {
  const [first, second] = [await identify(house, 'Ada'), await identify(house, 'Grace')]
  using ada = connect(house.url, { token: first.token })
  using grace = connect(house.url, { token: second.token })
  const { id } = await ada.create({ ...params, seat: 'X' })
  await grace.join(id)
  const [X, O] = await Promise.all([
    Visitor.open(house.url, { ...options, identity: first, name: 'Ada' }),
    Visitor.open(house.url, { ...options, identity: second, name: 'Grace' }),
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

/** Somebody whom the server knows. */
export async function identify(house: House, name: string): Promise<Identity> {
  let token = ''
  using client = connect(house.url, { name, onToken: (given) => (token = given) })
  const { id, name: shown } = await client.ready()
  return { token, account: { id, name: shown } }
}

/** Two who have met by themselves: who moves first comes first. */
export async function sortBySeat(a: Visitor, b: Visitor): Promise<readonly [X: Visitor, O: Visitor]> {
  const first = await Promise.race([a.standsAt(/^Your move/).then(() => a), b.standsAt(/^Your move/).then(() => b)])
  const second = first === a ? b : a
  await second.standsAt('is to move')
  return [first, second]
}
