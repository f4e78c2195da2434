/** Checks of numbering, racing appends, reading, and closing. */
import { claimEqual, Bug } from '../../base/index.ts'
import type { Check } from './check.ts'
import type { Entry } from '../journal.ts'
import { bodyLengthMax, pageEntriesMax } from '../limits.ts'
import { claim, claimFault, claimGame, playGame, playLong, readWhole } from './claim.ts'

const list = (length: number, make: (index: number) => string): string[] => Array.from({ length }, (_, i) => make(i))

export const appendChecks: readonly Check[] = [
  {
    title: '[J1] [J6] entries of a game are numbered 1, 2, 3, chained, and read back unchanged',
    durable: false,
    async run(store) {
      const journal = await store.open()
      await playGame(journal, 'a', ['one', 'two', 'three'])
      await claimGame(journal, 'a', ['one', 'two', 'three'])
      await journal.close()
    },
  },
  {
    title: '[J1] read after a version returns the entries after it',
    durable: false,
    async run(store) {
      const journal = await store.open()
      await playGame(journal, 'a', ['one', 'two', 'three'])
      const bodies = async (after: number): Promise<unknown> => (await journal.read('a', after)).map((e) => e.body)
      claimEqual(await bodies(0), ['one', 'two', 'three'], 'after 0')
      claimEqual(await bodies(2), ['three'], 'after 2')
      claimEqual(await bodies(3), [], 'after the last')
      claimEqual(await bodies(9), [], 'after more than there are')
      await journal.close()
    },
  },
  {
    title: '[J1] a long game is read in pages, and no page is larger than the maximum or the limit asked for',
    durable: false,
    async run(store) {
      const journal = await store.open()
      const versions = await playLong(journal, 'a')
      const page = async (...where: [after?: number, limit?: number]): Promise<readonly number[]> =>
        (await journal.read('a', ...where)).map(({ version }) => version)
      claimEqual(await page(), versions.slice(0, pageEntriesMax), 'the first page')
      claimEqual(await page(0, Infinity), versions.slice(0, pageEntriesMax), 'the first page, with a limit above it')
      claimEqual(await page(pageEntriesMax), versions.slice(pageEntriesMax, 2 * pageEntriesMax), 'the second page')
      claimEqual(await page(2 * pageEntriesMax), versions.slice(2 * pageEntriesMax), 'the last page')
      claimEqual(await page(300, 1), [301], 'one entry in the middle')
      claimEqual(await page(7, 300), versions.slice(7, 7 + pageEntriesMax), 'more than a page')
      claimEqual(await page(versions.length, 1), [], 'after the end')
      await claimGame(journal, 'a', versions.map(String))
      await journal.close()
    },
  },
  {
    title: '[J19] a long game is read from its end, page by page, each oldest first',
    durable: false,
    async run(store) {
      const journal = await store.open()
      await playGame(journal, 'b', ['one', 'two', 'three'])
      const versions = await playLong(journal, 'a')
      const back = async (...where: [before?: number, limit?: number]): Promise<readonly number[]> =>
        (await journal.readBack('a', ...where)).map(({ version }) => version)
      claimEqual(await back(), versions.slice(-pageEntriesMax), 'the last page')
      const [first = 0] = await back()
      claimEqual(await back(first), versions.slice(-2 * pageEntriesMax, -pageEntriesMax), 'the page before it')
      claimEqual(await back(Infinity, 3), versions.slice(-3), 'the last three')
      claimEqual(await back(301, 1), [300], 'one in the middle')
      claimEqual(await back(4), [1, 2, 3], 'the beginning')
      claimEqual(await back(1), [], 'entries before the first')
      claimEqual(await back(10_000, 2), versions.slice(-2), 'before more than there are')
      claimEqual(await back(Infinity, 300), versions.slice(-pageEntriesMax), 'more than a page')
      const bodies = (entries: readonly Entry[]) => entries.map(({ game, body }) => [game, body])
      claimEqual(
        bodies(await journal.readBack('b')),
        [
          ['b', 'one'],
          ['b', 'two'],
          ['b', 'three'],
        ],
        'all of a short game',
      )
      claimEqual(await journal.readBack('nobody'), [], 'an unknown game')
      await playGame(journal, 'a', ['more'], versions.length)
      claimEqual(await back(Infinity, 2), [versions.length, versions.length + 1], 'after another append')
      await journal.close()
    },
  },
  {
    title: '[J19] reading from the end returns the same entries as reading from the beginning, with position and chain',
    durable: false,
    async run(store) {
      const journal = await store.open()
      await playLong(journal, 'a')
      const forwards = await readWhole(journal, 'a')
      const backwards: Entry[] = []
      for (
        let page = await journal.readBack('a');
        page[0] !== undefined;
        page = await journal.readBack('a', page[0].version)
      )
        backwards.unshift(...page)
      claimEqual(backwards, forwards, 'entries')
      await journal.close()
    },
  },
  {
    title: '[J1] an unknown game has no entries',
    durable: false,
    async run(store) {
      const journal = await store.open()
      await claimGame(journal, 'nobody', [])
      await playGame(journal, 'a', ['one'])
      await claimGame(journal, 'nobody', [])
      await journal.close()
    },
  },
  {
    title:
      '[J2] an append to an old version, to a future version, or a repeated append is a conflict and stores nothing',
    durable: false,
    async run(store) {
      const journal = await store.open()
      claimEqual(await journal.append('a', 1, 'gap'), 'conflict', 'first append at version 2')
      await claimGame(journal, 'a', [])
      await playGame(journal, 'a', ['one', 'two'])
      claimEqual(await journal.append('a', 0, 'late'), 'conflict', 'append at version 1 of 2')
      claimEqual(await journal.append('a', 1, 'two'), 'conflict', 'the same append again')
      claimEqual(await journal.append('a', 3, 'gap'), 'conflict', 'append at version 4 of 2')
      await playGame(journal, 'a', ['three'], 2)
      await claimGame(journal, 'a', ['one', 'two', 'three'])
      await journal.close()
    },
  },
  {
    title: '[J2] of appends that race for a version exactly one is stored: the one that was acknowledged',
    durable: false,
    async run(store) {
      const journal = await store.open()
      const stored: string[] = []
      for (let version = 0; version < 8; version++) {
        const bodies = list(16, (racer) => `version ${version + 1} by racer ${racer}`)
        const answers = await Promise.all(bodies.map((body) => journal.append('a', version, body)))
        const winners = bodies.filter((_, racer) => answers[racer] === 'stored')
        claimEqual(winners.length, 1, `racers answered "stored" at version ${version + 1}`)
        stored.push(...winners)
      }
      await claimGame(journal, 'a', stored)
      await journal.close()
    },
  },
  {
    title: '[J2] appends sent without waiting take effect in the order sent',
    durable: false,
    async run(store) {
      const journal = await store.open()
      const bodies = list(100, (index) => `entry ${index + 1}`)
      const answers = await Promise.all(bodies.map((body, index) => journal.append('a', index, body)))
      claimEqual(new Set(answers).size, 1, 'kinds of answer')
      await claimGame(journal, 'a', bodies)
      await journal.close()
    },
  },
  {
    title: '[J1] games do not affect each other, whatever their ids',
    durable: false,
    async run(store) {
      const journal = await store.open()
      const games = ['-', '_', '0', 'A', 'a', '__proto__', 'constructor', 'z'.repeat(64), ...list(200, (i) => `g-${i}`)]
      for (let version = 0; version < 3; version++) {
        await Promise.all(games.map((game) => playGame(journal, game, [`${version} of ${game}`], version)))
      }
      for (const game of games)
        await claimGame(
          journal,
          game,
          list(3, (version) => `${version} of ${game}`),
        )
      await journal.close()
    },
  },
  {
    title: '[J3] a body is stored unchanged to the last character',
    durable: false,
    async run(store) {
      const journal = await store.open()
      const bodies = [
        '',
        '{"at":1,"event":{"type":"moved","player":"X","x":1,"y":1}}',
        'line\nbreak\r\n\ttab \u0000 nul \u007f',
        '\ufeffbyte order mark, Grüße, Привет, 井字棋, ⭕❌, e\u0301, \u202eright to left, 👩‍👩‍👧, \u{10ffff}',
        `${'x'.repeat(bodyLengthMax - 1)}\n`,
        '井'.repeat(bodyLengthMax),
        'after the large ones',
      ]
      await Promise.all(bodies.map((body, index) => journal.append('a', index, body)))
      await claimGame(journal, 'a', bodies)
      await journal.close()
    },
  },
  {
    title: '[J3] an append with invalid arguments is a bug and stores nothing',
    durable: false,
    async run(store) {
      const journal = await store.open()
      const wrong: readonly (readonly [string, number, string])[] = [
        ['a', 0, 'lone \ud800 surrogate'],
        ['a', 0, 'x'.repeat(bodyLengthMax + 1)],
        ['', 0, ''],
        ['a b', 0, ''],
        ['a'.repeat(65), 0, ''],
        ['a', -1, ''],
        ['a', 0.5, ''],
      ]
      for (const [game, after, body] of wrong) {
        const error = await (async () => journal.append(game, after, body))().catch((caught: unknown) => caught)
        claim(error instanceof Bug, `append(${game}, ${after}, ${body.slice(0, 20)}) must be a Bug`)
      }
      await claimGame(journal, 'a', [])
      await journal.close()
    },
  },
  {
    title: '[J8] close waits for appends in flight; afterwards every call is unavailable',
    durable: false,
    async run(store) {
      const journal = await store.open()
      const answers: string[] = []
      for (const game of list(20, (index) => `g-${index}`)) {
        void journal.append(game, 0, 'one').then((answer) => answers.push(answer))
      }
      await journal.close()
      claimEqual(answers.length, 20, 'appends answered before close returned')
      claimEqual(new Set(answers).size, 1, 'kinds of answer')
      await journal.close()
      await claimFault('unavailable', () => journal.append('a', 0, 'one'))
      await claimFault('unavailable', () => journal.read('a'))
      await claimFault('unavailable', () => journal.readBack('a'))
      await claimFault('unavailable', () => journal.follow('', () => {}))
    },
  },
]
