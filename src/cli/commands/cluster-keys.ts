/**
 * `oxo cluster keys`: the keys of tokens are changed in two steps, so that no node ever refuses what another has signed.
 * Each step looks at what all nodes have, and prints what `OXO_SECRET` is to be next, or says why not yet.
 */
import type { NodeStatus } from '../../gateway/index.ts'
import { limits } from '../../protocol/index.ts'
import { readStatus } from './cluster-status.ts'
import { makeSecret, parseSecrets, splitSecrets } from '../../server/token-keys.ts'
import { Stop } from '../../server/stop.ts'

/** add: a new key after the others, for all to take. swap: the last key to the front, where it signs. */
export type KeyStep = 'add' | 'swap' | 'check'

export interface NextKeys {
  /** As `OXO_SECRET` is to be; null: it stays. */
  readonly secrets: readonly string[] | null
  /** What is so, and what to do next. */
  readonly said: string
}

type NodeKeys = Pick<NodeStatus, 'url' | 'keys'>

const days = Math.round(limits.tokenMs / 86_400_000)

/** `text`: OXO_SECRET as the nodes have it, or are being given it. @throws Stop */
export async function clusterKeys(step: KeyStep, url: string, text: string | undefined): Promise<void> {
  if (text === undefined || text === '')
    throw new Stop('usage', 'OXO_SECRET is not set: set it as the nodes have it, or as the step before printed it.')
  const { nodes } = await readStatus(url)
  const { secrets, said } = findNextKeys(step, splitSecrets(text), nodes)
  console.error(said)
  if (secrets !== null) process.stdout.write(`${secrets.join(',')}\n`)
}

/** @throws Stop where a node would refuse what another has signed, or does not have these keys */
export function findNextKeys(step: KeyStep, secrets: readonly string[], nodes: readonly NodeKeys[]): NextKeys {
  const ids = parseSecrets(secrets.join(',')).map(({ id }) => id)
  for (const id of ids) assertAll(nodes, ({ keys }) => keys.includes(id), `take no tokens of the key ${id}`)
  assertAll(nodes, ({ keys }) => keys[0] === ids[0], `do not sign with the key ${ids[0]}`)
  const again = 'Start each node again with it, one after the other, and'
  if (step === 'add')
    return {
      secrets: [...secrets, makeSecret()],
      said: `Step 1 of 2: a new key, which every node is to take before any signs with it. ${again} then say \`oxo cluster keys swap\` with it.`,
    }
  const last = secrets.at(-1)
  if (step === 'check' || last === undefined)
    return {
      secrets: null,
      said: `All ${nodes.length} nodes take tokens of ${ids.join(' and ')}, and sign with ${ids[0]}.`,
    }
  if (secrets.length < 2) throw new Stop('usage', 'OXO_SECRET has one key: say `oxo cluster keys add` first.')
  return {
    secrets: [last, ...secrets.slice(0, -1)],
    said:
      `Step 2 of 2: all ${nodes.length} nodes take tokens of the new key, so that each may sign with it. ${again} then say \`oxo cluster keys check\` with it. ` +
      `${days} days after the last one has started no token of the old key is good any more: leave it out then.`,
  }
}

function assertAll(nodes: readonly NodeKeys[], holds: (node: NodeKeys) => boolean, what: string): void {
  const wrong = nodes.filter((node) => !holds(node)).map(({ url }) => url)
  if (wrong.length === 0) return
  throw new Stop(
    'refused',
    `Not yet: ${wrong.join(' and ')} ${what}. Start with this OXO_SECRET what has another one, and say this again.`,
  )
}
