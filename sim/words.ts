/** Short descriptions of messages, for readers of a trace. */

/** The types of the members that are read here. */
type Members = Readonly<Record<string, string | number | boolean | undefined>>

interface Message {
  readonly id?: number
  readonly method?: string
  readonly params?: Members
  readonly result?: Members
  readonly error?: { readonly message: string; readonly data?: { readonly name?: string } }
}

/** The description of a message, and its game if the message names one. */
export interface Gist {
  readonly words: string
  readonly game: string | null
  /** The id of a request or of its answer. */
  readonly id: number | null
}

/** Null for messages that are not drawn: hello, pings, presence, lists. */
export function gistOf(text: string): Gist | null {
  if (!text.startsWith('{')) return null
  const message = JSON.parse(text) as Message
  const { id = null, params = {}, result } = message
  const words = message.method === undefined ? answer(message) : asked(message.method, params)
  if (words === null) return null
  const game = params['game'] ?? result?.['game']
  return { words, game: typeof game === 'string' ? game : null, id }
}

function answer({ result, error }: Message): string | null {
  if (error !== undefined) return error.data?.name ?? error.message
  return result !== undefined && 'version' in result ? `version ${result['version']}` : null
}

function asked(method: string, params: Members): string | null {
  const { x, y, version, what, accept, player } = params
  const at = version === undefined ? '' : ` at ${version}`
  switch (method) {
    case 'game.move':
      return `move ${x} ${y}${at}`
    case 'game.offer':
      return `offer ${what}${at}`
    case 'game.answer':
      return `${accept === false ? 'decline' : 'accept'} ${what}${at}`
    case 'game.join':
      return `join${player === undefined ? '' : ` as ${player}`}`
    case 'game.get':
      return 'look'
    case 'game.create':
    case 'game.watch':
    case 'game.resign':
    case 'game.restart':
      return `${method.slice('game.'.length)}${at}`
    case 'game.changed':
      return `now version ${version}`
    default:
      return null
  }
}
