/** Starts a game of two at one screen, by the dialog, as a visitor does. */
import type { Visitor } from './visitor.ts'

/** @param rules the name of a preset. */
export async function startAtOneScreen(visitor: Visitor, rules = 'tictactoe'): Promise<void> {
  const { page } = visitor
  await visitor.press('New game')
  await page.getByRole('radio', { name: 'Two at this screen' }).check()
  await page.getByRole('combobox', { name: 'Rules' }).selectOption(rules)
  await visitor.press('Start')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
}
