/** Changes the name that others see. */
import { report } from '../state/actions.ts'
import { server } from '../state/server.ts'
import { choose } from '../state/ui.ts'

/** @returns whether the server accepted the name; if not, the page shows the reason. */
export async function takeName(name: string): Promise<boolean> {
  try {
    const account = await server().rename(name)
    choose({ name: account.name })
    return true
  } catch (error) {
    report(error)
    return false
  }
}
