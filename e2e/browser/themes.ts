/** Checks the current state of a page with axe, in light and in dark colours. */
import assert from 'node:assert/strict'
import { findBarriers } from './accessibility.ts'
import type { Visitor } from './visitor.ts'

export async function assertOpenToAll({ page }: Visitor, where: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    assert.deepEqual(await findBarriers(page), [], `${where}, ${colorScheme}`)
  }
}
