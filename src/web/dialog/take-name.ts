/** The name that others see. */
import { report } from '../actions.ts'
import { server } from '../server.ts'
import { choose } from '../ui.ts'

/** @returns whether the name is taken on; else the page says why not. */
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
