/** One request over HTTP without the client, checked and typed. `npx node examples/rpc.ts [URL]` */
import { makeRequest, type Result } from 'oxo/protocol'
import { checkParams } from 'oxo/protocol/schema'

const [url = 'http://localhost:1952'] = process.argv.slice(2)
const params = checkParams('game.get', { game: 'main' })
const response = await fetch(new URL('/rpc', url), {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: makeRequest(1, 'game.get', params),
})
const { result } = (await response.json()) as { readonly result: Result<'game.get'> }
console.log(`${result.game} is at version ${result.version}`)
