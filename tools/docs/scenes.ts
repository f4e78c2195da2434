/** Scenes for screenshots: clients bring a server into a state that a page then shows. */
import type { Page } from 'playwright-core'
import { type Client, connect, type GameHandle } from '../../src/client/node/index.ts'
import type { Params } from '../../src/client/index.ts'

/** The clients of a scene. */
export interface Cast {
  readonly visitor: Client
  readonly other: Client
  /** More players, for lists. */
  readonly crowd: readonly Client[]
  readonly url: string
}

export interface Scene {
  /** Sets the scene up. Resolves with the path to open. */
  readonly prepare?: (cast: Cast) => Promise<string>
  /** Acts on the page before the screenshot is taken. */
  readonly act?: (page: Page) => Promise<void>
}

type Move = readonly [x: number, y: number]

/** Creates a game in which the visitor is X and moves first. */
async function seat({ visitor, other }: Cast, params: Params<'game.create'> = {}, moves: readonly Move[] = []) {
  const game = await visitor.create({ ...params, seat: 'X' })
  const theirs = await other.join(game.id)
  for (const [index, [x, y]] of moves.entries()) await play(index % 2 === 0 ? game : theirs, index + 2, x, y)
  // The opponent's next command needs this version.
  await theirs.until(({ version }) => version === moves.length + 2)
  return { theirs, address: `/games/${game.id}` }
}

async function play(handle: GameHandle, version: number, x: number, y: number): Promise<void> {
  await handle.move(x, y, { version })
}

const tapMiddle = async (page: Page): Promise<void> => {
  await page.locator('[data-cell="4"]').click()
  await page.locator('.last .mark-O').waitFor()
}

const openNewGame = async (page: Page): Promise<void> => {
  await page.locator('.ways .button').last().click()
  await page.locator('dialog').waitFor()
}

/** A realistic game of five in a row. */
const gomokuMoves: readonly Move[] = [
  [7, 7],
  [8, 8],
  [7, 8],
  [7, 6],
  [6, 7],
  [8, 7],
  [8, 6],
  [5, 9],
  [6, 8],
  [5, 7],
  [6, 6],
  [6, 9],
  [5, 5],
  [4, 4],
  [8, 9],
]
const fourMoves: readonly Move[] = [
  [3, 0],
  [3, 0],
  [2, 0],
  [4, 0],
  [4, 0],
  [2, 0],
  [5, 0],
  [1, 0],
]

export const scenes: Readonly<Record<string, Scene>> = {
  home: {},
  'home-played': { act: tapMiddle },
  lobby: {
    async prepare(cast) {
      const [a, b, c, d] = cast.crowd
      if (a === undefined || b === undefined || c === undefined || d === undefined) return '/games'
      await a.create({ public: true, rules: 'gomoku', clock: { initialMs: 600_000, incrementMs: 5_000 } })
      await b.create({ public: true, rules: 'tictactoe' })
      const live = await c.create({ public: true, rules: 'connect-four', seat: 'X' })
      const theirs = await d.join(live.id)
      for (const [index, [x, y]] of fourMoves.entries()) await play(index % 2 === 0 ? live : theirs, index + 2, x, y)
      return '/games'
    },
  },
  'lobby-empty': { prepare: () => Promise.resolve('/games') },
  invitation: {
    async prepare({ visitor }) {
      return `/games/${(await visitor.create({ seat: 'X' })).id}`
    },
  },
  game: {
    async prepare(cast) {
      const clock = { initialMs: 600_000, incrementMs: 5_000 }
      const { address } = await seat(cast, { rules: 'gomoku', clock }, gomokuMoves.slice(0, 14))
      return address
    },
  },
  'game-small': {
    async prepare(cast) {
      const moves: readonly Move[] = [
        [1, 1],
        [0, 0],
        [2, 0],
      ]
      const { theirs, address } = await seat(cast, {}, moves)
      await theirs.offer('draw')
      return address
    },
  },
  four: {
    async prepare(cast) {
      return (await seat(cast, { rules: 'connect-four' }, fourMoves)).address
    },
  },
  wild: {
    async prepare(cast) {
      return (await seat(cast, { rules: 'wild' })).address
    },
  },
  large: {
    async prepare(cast) {
      const rules = { width: 25, height: 25, line: 5 }
      return (await seat(cast, { rules }, gomokuMoves)).address
    },
  },
  over: {
    async prepare(cast) {
      const moves: readonly Move[] = [
        [1, 1],
        [1, 0],
        [0, 0],
        [2, 2],
        [0, 2],
        [2, 0],
        [0, 1],
      ]
      return (await seat(cast, {}, moves)).address
    },
    async act(page) {
      await page.locator('.advice').first().waitFor()
    },
  },
  'over-large': {
    async prepare(cast) {
      const { theirs, address } = await seat(cast, { rules: 'gomoku' }, gomokuMoves)
      await theirs.resign()
      return address
    },
  },
  watching: {
    async prepare({ crowd: [a, b] }) {
      if (a === undefined || b === undefined) return '/'
      const game = await a.create({ seat: 'X' })
      await b.join(game.id)
      await play(game, 2, 1, 1)
      return `/games/${game.id}`
    },
  },
  'new-game': { act: openNewGame },
  'new-game-custom': {
    async act(page) {
      await openNewGame(page)
      await page.locator('dialog input[name=rules]').last().check()
    },
  },
  settings: {
    async act(page) {
      await page.locator('.bar button').click()
      await page.locator('dialog').waitFor()
    },
  },
  missing: { prepare: () => Promise.resolve('/nowhere') },
  offline: {
    async prepare(cast) {
      return (await seat(cast)).address
    },
    async act(page) {
      await page.locator('[data-cell="4"]').waitFor()
      await page.context().setOffline(true)
      await page.locator('.banner').waitFor()
      await page.locator('[data-cell="4"]').click()
    },
  },
}

/** Connects a client for each name, and waits until each has an account. */
export function gather(url: string, names: readonly string[]): Promise<readonly Client[]> {
  return Promise.all(
    names.map(async (name) => {
      const client = connect(url, { name })
      await client.ready()
      return client
    }),
  )
}
