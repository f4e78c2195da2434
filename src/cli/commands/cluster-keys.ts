/**
 * `oxo cluster keys`: rotates the token keys in two steps, so that no node ever refuses a token that another node
 * signed.
 * Each step reads the keys of all nodes and prints the next `OXO_SECRET`, or the reason why it is too early.
 */
import type { NodeStatus } from '../../protocol/index.ts'
import { limits } from '../../protocol/index.ts'
import { readStatus } from './cluster-status.ts'
import { makeSecret, parseSecrets, splitSecrets } from '../../server/token-keys.ts'
import { Stop } from '../../server/stop.ts'

/** add: appends a new key, which all nodes then accept. swap: moves the last key to the front, where it signs. */
export type KeyStep = 'add' | 'swap' | 'check'

export interface NextKeys {
  /** The next `OXO_SECRET`; null if it does not change. */
  readonly secrets: readonly string[] | null
  /** The state of the rotation, and what to do next. */
  readonly said: string
}

type NodeKeys = Pick<NodeStatus, 'url' | 'keys'>

const days = Math.round(limits.tokenMs / 86_400_000)

/** @param text OXO_SECRET as the nodes have it, or are about to get it. @throws Stop */
export async function clusterKeys(step: KeyStep, url: string, text: string | undefined): Promise<void> {
  if (text === undefined || text === '')
    throw new Stop('usage', 'OXO_SECRET is not set: set it as the nodes have it, or as the previous step printed it.')
  const { nodes } = await readStatus(url)
  const { secrets, said } = findNextKeys(step, splitSecrets(text), nodes)
  console.error(said)
  if (secrets !== null) process.stdout.write(`${secrets.join(',')}\n`)
}

/** @throws Stop if a node would refuse tokens of another node, or does not have these keys */
export function findNextKeys(step: KeyStep, secrets: readonly string[], nodes: readonly NodeKeys[]): NextKeys {
  const ids = parseSecrets(secrets.join(',')).map(({ id }) => id)
  for (const id of ids) assertAll(nodes, ({ keys }) => keys.includes(id), `do not accept tokens of the key ${id}`)
  assertAll(nodes, ({ keys }) => keys[0] === ids[0], `do not sign with the key ${ids[0]}`)
  const again = 'Restart the nodes with it, one after the other,'
  if (step === 'add')
    return {
      secrets: [...secrets, makeSecret()],
      said: `Step 1 of 2: a new key, which every node must accept before any node signs with it. ${again} then run \`oxo cluster keys swap\` with it.`,
    }
  const last = secrets.at(-1)
  if (step === 'check' || last === undefined)
    return {
      secrets: null,
      said: `All ${nodes.length} nodes accept tokens of ${ids.join(' and ')}, and sign with ${ids[0]}.`,
    }
  if (secrets.length < 2) throw new Stop('usage', 'OXO_SECRET has one key: run `oxo cluster keys add` first.')
  return {
    secrets: [last, ...secrets.slice(0, -1)],
    said:
      `Step 2 of 2: all ${nodes.length} nodes accept tokens of the new key, so each may sign with it. ${again} then run \`oxo cluster keys check\` with it. ` +
      `All tokens of the old key expire within ${days} days after the last restart: remove the old key then.`,
  }
}

function assertAll(nodes: readonly NodeKeys[], holds: (node: NodeKeys) => boolean, what: string): void {
  const wrong = nodes.filter((node) => !holds(node)).map(({ url }) => url)
  if (wrong.length === 0) return
  throw new Stop(
    'refused',
    `Not yet: ${wrong.join(' and ')} ${what}. Restart these nodes with this OXO_SECRET, then run this command again.`,
  )
}
