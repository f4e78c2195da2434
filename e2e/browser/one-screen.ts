/** Starts a game of two at one screen, by the dialog, as a visitor does. */
import type { Visitor } from './visitor.ts'

/** @param rules the title of a preset. */
export async function startAtOneScreen(visitor: Visitor, rules = 'Tic-tac-toe'): Promise<void> {
  const { page } = visitor
  await visitor.press('New game')
  await page.getByRole('radio', { name: 'Two at this screen' }).check()
  await page.getByRole('radio', { name: rules, exact: true }).check()
  await visitor.press('Start')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
}
