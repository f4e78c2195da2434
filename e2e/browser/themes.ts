/** What keeps people out of a page as it stands, in its light and in its dark colours. */
import assert from 'node:assert/strict'
import { findBarriers } from './accessibility.ts'
import type { Visitor } from './visitor.ts'

export async function assertOpenToAll({ page }: Visitor, where: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    assert.deepEqual(await findBarriers(page), [], `${where}, ${colorScheme}`)
  }
}
