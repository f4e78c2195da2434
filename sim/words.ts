/** Messages of the wire in a few words, for people who read a trace. */

/** The members that are read here are of these. */
type Members = Readonly<Record<string, string | number | boolean | undefined>>

interface Message {
  readonly id?: number
  readonly method?: string
  readonly params?: Members
  readonly result?: Members
  readonly error?: { readonly message: string; readonly data?: { readonly name?: string } }
}

/** What a message is about: in words, and of which game where it says so. */
export interface Gist {
  readonly words: string
  readonly game: string | null
  /** Of a request and of its answer. */
  readonly id: number | null
}

/** Null for the small talk of connections: greetings, pings, presence, lists. */
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
