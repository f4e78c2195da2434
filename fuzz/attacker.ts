/**
 * Attacks a server until the attacker is killed: `node fuzz/attacker.ts KIND PORT`. Prints `ready` once the attack
 * runs.
 */
import { connect, type Socket } from 'node:net'
import { constants, setPriority } from 'node:os'
import { longBoard } from './lib/long-game.ts'
import { makeClientFrame, upgradeToWebSocket } from './lib/websocket-talk.ts'

const [kind = '', port = '0'] = process.argv.slice(2)
/** Connections from one address: as many as a server accepts. */
const perAddress = 60
const crowd = 1_000
/** Connections that one address keeps open while it reconnects again and again. */
const reconnecting = 60
const movesPerSecond = 20
/** Connections from several addresses that send expensive requests. */
const burdening = 300
/** Time after which connections that read nothing are closed. */
const unreadMs = 1_000
/** Time in which the initial requests of a crowd are answered, as far as it reads the answers. */
const settleMs = 3_000

let opened = 0
function open(): Socket {
  const address = `127.0.8.${1 + Math.floor(opened++ / perAddress)}`
  const socket = connect({ host: '127.0.0.1', port: Number(port), localAddress: address })
  socket.on('error', () => {})
  return socket
}

async function opening(socket: Socket): Promise<void> {
  await new Promise<void>((resolve) => {
    socket.once('connect', () => resolve())
    socket.once('close', () => resolve())
  })
}

/** Writes the same part again and again, as fast as the server accepts it, and reads all answers. */
function flood(greeting: string, part: Buffer): void {
  const socket = open()
  const block = Buffer.concat(Array.from({ length: Math.ceil(65_536 / part.length) }, () => part))
  const pour = (): void => {
    while (socket.writable && socket.write(block));
  }
  socket.on('data', () => {})
  socket.on('drain', pour)
  // Reconnects at once when it is cut off.
  socket.on('close', () => flood(greeting, part))
  socket.on('connect', () => {
    socket.write(greeting)
    pour()
  })
}

const get = 'GET /games/main HTTP/1.1\r\nHost: localhost\r\n'

/** Requests, reads the answer, and requests again at once, on the same connection or on a new one. */
function visit(stays: boolean): void {
  const socket = open()
  const send = (): void => void socket.write(`${get}${stays ? '' : 'Connection: close\r\n'}\r\n`)
  socket.on('data', () => stays && send())
  socket.on('close', () => visit(stays))
  send()
}

type Payload = string | (() => string)

/**
 * Connects from one address, sends the payload, reads until the end, and reconnects. `ends` false: until the first
 * data.
 */
function reconnect(payload: Payload, ends = true): void {
  const socket = connect({ host: '127.0.0.1', port: Number(port), localAddress: '127.0.8.250' })
  socket.on('error', () => {})
  socket.on('data', () => ends || socket.destroy())
  socket.on('close', () => setImmediate(reconnect, payload, ends))
  const now = typeof payload === 'string' ? payload : payload()
  if (ends) socket.end(now)
  else socket.write(now)
}

/** Runs {@link reconnect} on many connections at once. */
function crowdOf(payload: Payload, ends = true): void {
  for (let count = 0; count < reconnecting; count++) reconnect(payload, ends)
}

const page = (target: string, accept = '*/*'): string =>
  `GET ${target} HTTP/1.1\r\nHost: localhost\r\nAccept: ${accept}\r\nConnection: close\r\n\r\n`

/** Opens a socket, never uses it, and reopens it when it is closed. */
function hoard(): void {
  const socket = connect({ host: '127.0.0.1', port: Number(port), localAddress: '127.0.8.250' })
  socket.on('error', () => {})
  socket.on('data', () => {})
  socket.on('close', () => setImmediate(hoard))
}

const call = (method: string, params: object): string =>
  `${JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })}\n`
const game = 'crowded'
const longGame = { game: longBoard.game }

/** Lets many connections watch one game that is played. `reads`: whether they read what they are sent. */
async function gather(reads: boolean, request: string): Promise<void> {
  const mover = open()
  mover.on('data', () => {})
  mover.write(call('game.create', { game, seats: 'open', rules: '25,24,25' }))
  for (let count = 0; count < crowd; count++) {
    const socket = open()
    await opening(socket)
    socket.write(request)
    if (reads) socket.on('data', () => {})
    else socket.pause()
  }
  let move = 0
  setInterval(() => {
    if (move === 600) [move] = [0, mover.write(call('game.restart', { game }))]
    mover.write(call('game.move', { game, x: move % 25, y: Math.floor(move / 25) }))
    move++
  }, 1_000 / movesPerSecond)
  await new Promise((resolve) => setTimeout(resolve, settleMs))
}

/** Sends as many requests at once as are allowed, then more at the rate limit of an address; reads the answers. */
async function ask(
  makeRequest: () => string,
  { burst, everyMs }: { readonly burst: number; readonly everyMs: number },
) {
  for (let count = 0; count < burdening; count++) {
    const socket = open()
    await opening(socket)
    socket.on('data', () => {})
    for (let asked = 0; asked < burst; asked++) socket.write(makeRequest())
    setInterval(() => socket.write(makeRequest()), everyMs)
  }
}

/** Sends requests, reads no answers, and reconnects after a while. */
async function leave(requests: string): Promise<void> {
  const socket = open()
  await opening(socket)
  socket.pause()
  socket.write(requests)
  setTimeout(() => {
    socket.destroy()
    void leave(requests)
  }, unreadMs)
}

let repeated = 0

/** An old move of the long board: repeated unchanged, or changed so that it was never made. */
function repeat(): string {
  const { game, moves, entries, width } = longBoard
  const round = moves + 1
  const version = round * (1 + (++repeated % Math.floor(entries / round - 1))) - 1
  const index = (version - 1) % round
  const x = (index + (repeated % 2)) % width
  return call('game.move', { game, version, x, y: Math.floor(index / width) })
}

let boards = 0

/** A game in which one connection plays both sides and mostly offers and withdraws draws. */
function offering(): string {
  const board = `offers-${process.pid}-${++boards}`
  const callBoard = (method: string, params: object): string => call(method, { game: board, ...params })
  const begin = callBoard('game.create', { rules: '25,24,25' }) + callBoard('game.join', { player: 'O' })
  const turns = Array.from({ length: 28 }, (_, index) =>
    [
      callBoard('game.move', { x: index % 25, y: Math.floor(index / 25) }),
      ...['X', 'O'].flatMap((player) => [
        callBoard('game.offer', { what: 'draw', player }),
        callBoard('game.answer', { what: 'draw', player, accept: false }),
      ]),
    ].join(''),
  )
  return begin + turns.join('')
}

/** Four weeks: a game whose clock runs never becomes idle. */
const clock = { initialMs: 2_419_200_000, incrementMs: 0 }
const created = call('game.create', { clock, opponent: { bot: 'random' }, seat: 'X' })
const wishFor = (index: number): object => ({ clock: { initialMs: 60_000 + 1_000 * index, incrementMs: 0 } })
const longAccept = Array.from({ length: 1_200 }, (_, index) => `a/b${index};q=0.5`).join(',')

const kinds: Readonly<Record<string, () => void | Promise<void>>> = {
  text: () => flood('', Buffer.from('x\n')),
  lines: () => flood('', Buffer.from(call('ping', {}))),
  broken: () => flood('{}\n', Buffer.from('{\n')),
  discover: () => flood('', Buffer.from(call('rpc.discover', {}))),
  websocket: () => flood(upgradeToWebSocket, makeClientFrame(0x81, call('ping', {}).trim())),
  empty: () => flood(upgradeToWebSocket, makeClientFrame(0x81, '')),
  newlines: () => flood(call('ping', {}), Buffer.from('\n')),
  pings: () => flood(upgradeToWebSocket, makeClientFrame(0x89, 'p')),
  http: () => flood('', Buffer.from(`${get}\r\n`)),
  visits: () => {
    for (let count = 0; count < 60; count++) visit(count % 2 === 0)
  },
  creates: () => crowdOf(created.repeat(200)),
  opens: () => crowdOf(call('game.create', { public: true }).repeat(200)),
  plays: () => crowdOf(call('lobby.play', {}).repeat(100)),
  lists: () => crowdOf(call('lobby.list', {}).repeat(200)),
  unknown: () => crowdOf(Array.from({ length: 200 }, (_, index) => call('game.get', { game: `n${index}` })).join('')),
  restarts: () => crowdOf(call('game.restart', { game: 'main' }).repeat(200)),
  hello: () => crowdOf(call('hello', { name: '👩🏽‍🚀🏴‍☠️👨‍👩‍👧‍👦' }).repeat(50)),
  metrics: () => crowdOf(page('/metrics')),
  openrpc: () => crowdOf(page('/openrpc.json')),
  cluster: () => crowdOf(page('/cluster', 'text/html')),
  accept: () => crowdOf(page('/', longAccept)),
  upgrades: () => crowdOf(upgradeToWebSocket, false),
  hoard: () => {
    for (let count = 0; count < 2_000; count++) hoard()
  },
  // A record costs ten units, and so does an old move. An address has a thousand per second for its sixty connections.
  records: () => ask(() => call('game.record', longGame), { burst: 8, everyMs: 600 }),
  unread: async () => {
    for (let count = 0; count < burdening; count++) await leave(call('game.record', longGame).repeat(8))
  },
  repeats: () => ask(repeat, { burst: 8, everyMs: 600 }),
  thoughts: () =>
    crowdOf(call('game.create', { rules: '4,4,4+wild', opponent: { bot: 'perfect' }, seat: 'O' }).repeat(50)),
  wishes: () => crowdOf(Array.from({ length: 100 }, (_, index) => call('lobby.play', wishFor(index))).join('')),
  offers: () => crowdOf(offering),
  watchers: () => gather(true, call('game.watch', { game })),
  stalled: () => gather(false, call('game.watch', { game }) + call('rpc.discover', {}).repeat(20)),
}

setPriority(constants.priority.PRIORITY_LOW)
const attack = kinds[kind]
if (attack === undefined) throw new Error(`there is no attack ${kind}: choose one of ${Object.keys(kinds).join(', ')}`)
await attack()
console.log('ready')
