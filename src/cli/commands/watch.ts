/** `oxo watch`: prints each state of a game as it happens. */
import { makeShown, makeTextReply } from '../../protocol/index.ts'
import { parseGame } from '../address.ts'
import { whySilent, withClient } from '../with-client.ts'

/** Resolves when the game is over. @throws Stop */
export function watch(game: string, url: string, { json = false }: { readonly json?: boolean }): Promise<void> {
  const address = parseGame(game, url)
  return withClient(address.server, { giveUpMs: Infinity, waits: true }, async (client) => {
    client.onReplaced(() =>
      console.error('The server has another history than before; the following states are from the new one.'),
    )
    const handle = await client.game(address.game)
    for await (const view of handle) {
      console.log(json ? JSON.stringify(view) : makeTextReply(makeShown(view)))
      if (view.outcome !== null) return
    }
    throw whySilent(client)
  })
}
