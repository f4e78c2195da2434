/** What a screen reader gets: every page in reading order, and the announcements during a game. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { connect } from '../../src/client/node/index.ts'
import { openBrowserServer } from './test-server.ts'
import { findUnreadable, listen, readAloud } from './reader.ts'
import { seatTwo } from './seats.ts'
import { Visitor } from './visitor.ts'

const bar = ['link: Oxo', 'link: Open games', 'button: Settings'] as const
const aboutName = 'Up to 24 characters.'
const aboutFirstName = `${aboutName} You can change it in the settings.`
const aboutRules = ['Tic-tac-toe', '.', '3 in a row wins.'] as const

/** The lines of a tic-tac-toe grid, row by row. `marks`: one letter per cell, a dot for an empty one. */
function grid(marks: string, words: Readonly<Record<string, string>> = {}): readonly string[] {
  const cells = Array.from(marks, (mark, cell) => {
    const what = words[mark] ?? (mark === '.' ? 'empty' : mark)
    return `gridcell: column ${(cell % 3) + 1}, row ${Math.floor(cell / 3) + 1}, ${what}`
  })
  return ['grid: Tic-tac-toe', ...cells]
}

async function assertReads(page: Page, lines: readonly string[]): Promise<void> {
  const read = await readAloud(page)
  assert.deepEqual(
    read.map((line) => line.replace(/since \d.*$/, 'since now')),
    lines,
  )
  assert.deepEqual(await findUnreadable(page), [])
}

test('[B11] a screen reader gets the first page and its dialogs as intended', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url)
  const { page } = visitor
  await visitor.goto('/')
  await visitor.cell(0, 0).waitFor()
  const ways = ['button: Play someone', 'button: Invite a friend', 'button: New game']
  const situation = ['button: Against Casual bot', 'button: Tic-tac-toe, 3 in a row', 'button: You play X']
  await assertReads(page, [
    ...[...bar, ...situation, 'heading 1: Your move: X', ...grid('.........')],
    ...[...ways, 'status'],
  ])
  const read = async (button: string, lines: readonly string[]): Promise<void> => {
    await visitor.press(button)
    await page.getByRole('dialog').waitFor()
    // The server says whether it sends notifications to closed pages.
    if (button === 'Settings') await page.getByRole('checkbox', { name: 'Also when this page is closed' }).waitFor()
    await assertReads(page, lines)
    await page.keyboard.press('Escape')
  }
  await read('New game', [
    ...['dialog: New game', 'heading 2: New game', 'group: Against', 'Against'],
    ...[
      'radio: A friend, by link, checked',
      'radio: Anyone, listed',
      'radio: The bot, here',
      'radio: Two at this screen',
    ],
    ...['group: Rules', 'Rules', 'radio: Tic-tac-toe, checked', 'radio: Gomoku', 'radio: Connect four'],
    ...['radio: Misère', 'radio: Wild', 'radio: Notakto', 'radio: Four by four', 'radio: Custom'],
    ...[
      'Columns × rows: 3 × 3',
      'In a row: 3',
      '3 in a row wins.',
      'group: Custom',
      'DisclosureTriangle: Change these rules',
    ],
    ...['Clock', 'combobox: Clock, No clock', 'Games', 'combobox: Games, A single game'],
    ...['group: You play', 'You play', 'radio: Either, checked', 'radio: X', 'radio: O'],
    ...['button: Cancel', 'button: Start'],
  ])
  await read('Settings', [
    ...['dialog: Settings', 'heading 2: Settings', 'Name', `textbox: Name, ${aboutName}`, aboutName],
    ...['Language', 'combobox: Language, As the browser', 'group: Colours', 'Colours'],
    ...['radio: As the device, checked', 'radio: Light', 'radio: Dark'],
    ...['group: Board', 'Board', 'Look', 'combobox: Look, Paper', 'Coordinates', 'combobox: Coordinates, None'],
    ...['checkbox: Confirm each move', 'checkbox: Choose my next move while the opponent thinks'],
    ...['group: When others move', 'When others move', 'checkbox: Sound, and vibration on phones'],
    ...['checkbox: Notifications while the page is hidden', 'checkbox: Also when this page is closed'],
    ...['button: Cancel', 'button: Save'],
  ])
  const title = 'What should others call you?'
  await visitor.press('Play someone')
  // The field is filled once the server has answered.
  const guest = await visitor.findFilled('Name')
  await assertReads(page, [
    ...[
      `dialog: ${title}`,
      `heading 2: ${title}`,
      'Name',
      `textbox: Name, ${guest}, required, ${aboutFirstName}`,
      aboutFirstName,
    ],
    ...['button: Cancel', 'button: Continue'],
  ])
  await page.keyboard.press('Escape')
  await visitor.leave()
})

test('[B11] a screen reader gets the lobby and an invitation, and every change of page is announced', async () => {
  const server = await openBrowserServer()
  using ada = connect(server.url, { name: 'Ada' })
  using grace = connect(server.url, { name: 'Grace' })
  await ada.create({ public: true, rules: 'gomoku' })
  const live = await ada.create({ public: true, seat: 'X' })
  await grace.join(live.id)
  await using visitor = await Visitor.open(server.url, { name: 'Edsger' })
  const { page } = visitor
  await visitor.goto('/')
  const announcements = await listen(page)
  await visitor.press('Open games')
  await visitor.reads('Ada is to move')
  await assertReads(page, [
    ...[...bar, 'heading 1: Open games', 'Rules', 'combobox: Rules, All', 'button: Play someone', 'button: New game'],
    ...['heading 2: Waiting for an opponent 1', 'Ada', 'Gomoku · since now', 'button: Join'],
    ...['heading 2: Being played 1', 'Ada against Grace', 'Tic-tac-toe', 'Ada is to move', 'link: Watch'],
    ...['link: Puzzle of the day', 'link: Your finished games', 'link: The servers of this service', 'status'],
  ])
  await visitor.press('Oxo')
  await visitor.press('Invite a friend')
  const game = await visitor.game()
  await visitor.standsAt('Waiting for an opponent')
  const [, ...lines] = await readAloud(page)
  // Seats are assigned at random, so these lines are left out.
  assert.deepEqual(
    lines.filter((line) => !/^(?:[XO]|You|Free seat|gridcell: .*)$/.test(line)),
    [
      ...[...bar.slice(1), 'heading 1: Waiting for an opponent', 'grid: Tic-tac-toe', 'region: Invite a friend'],
      ...[
        'heading 2: Invite a friend',
        'The first person to join by this link plays against you; everybody after that watches.',
      ],
      ...['button: Copy', 'image: QR code of the link'],
      ...[
        'This link works on this device only: for a friend on another one, open this page at an address that both can reach.',
        `textbox: Link to this game, ${server.url}/games/${game}`,
      ],
      'button: Withdraw the game',
      ...[...aboutRules, 'status'],
    ],
  )
  assert.deepEqual(await findUnreadable(page), [])
  assert.deepEqual(await announcements(), ['Open games', 'Your move: X', 'Waiting for an opponent'])
  await visitor.leave()
})

test('[B11] a whole game is announced to both players, each event once and in order, including taps without effect', async () => {
  const server = await openBrowserServer()
  await using game = await seatTwo(server, { clock: { initialMs: 600_000, incrementMs: 0 } })
  const { X, O } = game
  const [announcedX, announcedO] = [await listen(X.page), await listen(O.page)]
  await X.tap(1, 1)
  await O.sees(1, 1, 'X')
  await O.tap(1, 1)
  await O.reads('That cell is taken.')
  await O.tap(1, 1)
  await X.press('Offer draw')
  await O.reads('Ada offers a draw')
  await assertReads(O.page, [
    ...[...bar, 'heading 1: Your move: O', 'X', 'Ada', 'here', 'timer', ...grid('....L....', { L: 'X, last move' })],
    ...['O', 'You', 'timer', 'button: Offer draw, dimmed', 'button: Take back, dimmed', 'button: Resign'],
    ...[
      'button: Say something',
      'button: Read the clocks',
      'Ada offers a draw',
      'button: Accept the draw',
      'button: Decline',
    ],
    ...[...aboutRules, 'status'],
  ])
  await O.press('Decline')
  await X.reads('The draw was declined')
  for (const [who, other, x, y] of [
    [O, X, 0, 0],
    [X, O, 0, 2],
    [O, X, 0, 1],
    [X, O, 2, 0],
  ] as const) {
    await who.tap(x, y)
    await other.sees(x, y, who === X ? 'X' : 'O')
  }
  await X.page.locator('.advice').waitFor()
  await X.page.getByText('Analysing every move').waitFor({ state: 'detached' })
  await assertReads(X.page, [
    ...[...bar, 'heading 1: You won: 3 in a row', 'O', 'Grace', 'here', 'timer'],
    ...[
      ...grid('O.WOW.W..', { W: 'X, winning line' }),
      'X',
      'You',
      'timer',
      'button: Rematch',
      'button: Say something',
      'button: Read the clocks',
    ],
    ...['region: Review', 'heading 2: Review', 'button: First position', 'button: Move before', 'slider: Position'],
    ...['button: Next move, dimmed', 'button: Last position, dimmed', 'Move 5 of 5'],
    ...['checkbox: Show the best moves', 'heading 3: Perfect play'],
    ...['button: 1 X column 2, row 2 draw', 'button: 2 O column 1, row 1 draw', 'button: 3 X column 1, row 3 draw'],
    ...['button: 4 O column 1, row 2 X wins in 1 Blunder. Best: column 3, row 1', 'button: 5 X column 3, row 1 X wins'],
    ...[
      'button: Copy the result',
      'button: Picture',
      'button: Animated replay',
      'button: Download record',
      'button: Verify record',
      ...aboutRules,
      'status',
    ],
  ])
  await X.press('Move before')
  await X.page.keyboard.press('ArrowLeft')
  await X.reads('Move 3 of 5')
  assert.equal(await X.page.getByRole('slider').getAttribute('aria-valuetext'), 'Move 3 of 5')
  assert.deepEqual(await announcedX(), [
    'You: X, column 2, row 2. Grace is to move',
    'You have offered a draw. Grace is to move',
    'The draw was declined. Grace is to move',
    'Grace: O, column 1, row 1. Your move: X',
    'You: X, column 1, row 3. Grace is to move',
    'Grace: O, column 1, row 2. Your move: X',
    'You: X, column 3, row 1. You won: 3 in a row',
    'Move 4 of 5',
    'Move 3 of 5',
  ])
  assert.deepEqual(await announcedO(), [
    'Ada: X, column 2, row 2. Your move: O',
    'That cell is taken.',
    'That cell is taken.',
    'Ada offers a draw. Your move: O',
    'The draw was declined. Your move: O',
    'You: O, column 1, row 1. Ada is to move',
    'Ada: X, column 1, row 3. Your move: O',
    'You: O, column 1, row 2. Ada is to move',
    'Ada: X, column 3, row 1. You lost: X made 3 in a row',
  ])
  await X.leave()
  await O.leave()
})

test('a stop without a name and an assertive live region are detected', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url)
  await visitor.goto('/')
  await visitor.cell(0, 0).waitFor()
  await visitor.page.evaluate(() => {
    document.querySelector('.ways button')?.replaceChildren()
    document.querySelector('.ways button:last-child')?.setAttribute('aria-description', 'New game')
    document.querySelector('.stage')?.setAttribute('tabindex', '0')
    document.querySelector('[role=status]')?.setAttribute('aria-live', 'assertive')
  })
  const found = await findUnreadable(visitor.page)
  for (const problem of [/^button without/, /^button whose description/, /^a stop without a role/, /^0 polite live/])
    assert.ok(
      found.some((each) => problem.test(each)),
      `${problem} is not among ${found.join('; ')}`,
    )
})
