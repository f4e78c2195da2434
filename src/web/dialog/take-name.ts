/** Changes the name that others see. */
import { ask } from '../state/ask.ts'
import { choose } from '../state/ui.ts'

/** @returns whether the server accepted the name; if not, the page shows the reason. */
export async function takeName(name: string): Promise<boolean> {
  const account = await ask((client, options) => client.rename(name, options))
  if (account !== null) choose({ name: account.name })
  return account !== null
}
