/** Games of two at one screen. */
import type { Visitor } from './visitor.ts'

/** Starts one by the dialog, as a visitor does. @param rules the title of a preset. */
export async function startAtOneScreen(visitor: Visitor, rules = 'Tic-tac-toe'): Promise<void> {
  const { page } = visitor
  await visitor.press('New game')
  await page.getByRole('radio', { name: 'Two at this screen' }).check()
  await page.getByRole('radio', { name: rules, exact: true }).check()
  await visitor.press('Start')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
}

/** Plays a new game at one screen in which X wins by the top row. */
export async function winTopRow(visitor: Visitor): Promise<void> {
  const moves = [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
    [2, 0],
  ] as const
  for (const [x, y] of moves) await visitor.tap(x, y)
  await visitor.standsAt('X won: 3 in a row')
}
