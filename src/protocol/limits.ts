/**
 * Every limit of the service, each with its reason. The reference in `docs/OPERATING.md` is generated from this table.
 * It also names the flags of the limits that an operator can change.
 */
import { controlMsMax, offersMax, sideMax, takebacksMax } from '../game/index.ts'

export const limits = {
  // What arrives.
  /** One JSON message or text line: a hundred times the longest useful one. */
  messageBytesMax: 8_192,
  /** The first line, which decides the protocol of a connection: an HTTP request line with room for a long URL. */
  firstLineBytesMax: 4_096,
  /** JSON nesting: the deepest message of the method table needs 4. */
  jsonDepthMax: 8,
  /** Silence before the first line: a person who types into `nc` has begun by then, or connects again. */
  firstLineMs: 10_000,
  /** Time to complete a started first line of text or HTTP, or a TLS handshake; then the connection is closed. */
  handshakeMs: 10_000,
  /** The header of an HTTP request: room for the headers of proxies and the cookies of a shared host name. */
  httpHeaderBytesMax: 16_384,
  /** Time for the header of an HTTP request, from its first byte; for the first request of a connection, from the end of its first line. */
  httpHeadersMs: 5_000,
  /** Time for the body of an HTTP request, from the end of its header. */
  httpBodyMs: 10_000,
  /** Silence between two HTTP requests on one connection: longer than proxies keep an idle connection, so that the proxy closes it first. */
  httpIdleMs: 90_000,
  /** Requests per second on one connection, sustained. */
  requestsPerSecond: 100,
  /** Requests that one connection may send at once after a pause. */
  requestBurst: 200,
  /** Cost units per second of all requests from one address, sustained: a read costs 1, creating a game 10, creating one with a bot 20. */
  addressUnitsPerSecond: 1_000,
  /** Cost units of one address at once after a pause: a class of 60 behind one router loads the page, plays, and loads it again. */
  addressUnitBurst: 5_000,
  /** Requests per second from one address that are refused for their rate, sustained; further ones close their connections. */
  addressRefusalsPerSecond: 1_000,
  /** Such refusals at once after a pause: what the connections of one address can ask in a few seconds at their own rates. */
  addressRefusalBurst: 10_000,
  /** Cost units per second of all requests of one account, sustained, from any address: several devices at once. */
  accountUnitsPerSecond: 200,
  /** Cost units of one account at once after a pause: 200 games. */
  accountUnitBurst: 2_000,
  /** Rate limiters that all addresses share, and as many for the accounts: a few megabytes at most, however many addresses connect. */
  rateBuckets: 65_536,
  /** The longest queueing delay in the retry times of clients above a rate; a client whose units take longer to refill is told that longer time. */
  retryAfterMsMax: 10_000,
  /** Lasting connections from one address (text, lines, WebSockets, streams): a class behind one router, doubled while it loads the page again. */
  connectionsPerAddress: 128,
  /** Sockets from one address: the six that each of 60 browsers opens at once, and the lasting connections. Idle HTTP sockets are closed to make room. */
  socketsPerAddress: 512,
  /** Connections above a limit that are being sent a refusal, of all addresses together; further ones are closed without an answer. */
  refusalsMax: 256,
  /** How long the first line of such a connection is awaited, so that the refusal is in its protocol. */
  refusalMs: 1_000,
  /** Commands waiting for one game: more than its players and watchers send in normal use. */
  commandsPerGame: 256,
  /** A move is charged until the server received it, but at most this long before it was decided: the delay that a busy server may cause. */
  heardMsMax: 1_000,
  /** Requests of one connection that wait for an answer. */
  requestsInFlight: 256,
  /** Concurrent reads from storage, of all connections; each reads one page, so that a turn of the event loop stays short. */
  readsAtOnce: 8,
  /** Concurrent reads from storage of one address, so that the other addresses get their share. */
  readsPerAddress: 2,
  /** Reads from storage that wait for their turn: at most one per connection, of many addresses. */
  readsWaiting: 65_536,
  /** Records held in memory until they are sent, some megabytes each. */
  recordsAtOnce: 32,
  /** Records held in memory for one address, so that a client that does not read them holds no more. */
  recordsPerAddress: 4,

  // What leaves.
  /** Unsent bytes above which a reader counts as slow: from then on it gets the newest state only. */
  unsentBytesMax: 65_536,
  /** States held back for a slow reader: twice the newest state of each game, and the lobby. A reader with more is disconnected. */
  heldStatesMax: 4_000,
  /** How long a reader may stay slow before it is disconnected. */
  slowReaderMs: 30_000,
  /** Interval of heartbeats; a connection that is silent for two intervals is closed. */
  heartbeatMs: 20_000,
  /** How long a draining server waits until its answers are sent. */
  drainMs: 5_000,

  // What is kept.
  /** Games that one connection watches. */
  watchedGamesMax: 1_000,
  /** A live game that nobody watches or plays leaves memory after this time. */
  idleGameMs: 60_000,
  /** Live games; idle ones are removed first to make room. */
  liveGamesMax: 1_000_000,
  /** Live games that one address loaded: more than it can create before they are idle. */
  liveGamesPerAddress: 10_000,
  /** Live games that one account loaded, from any address: many times what a person plays at once. */
  liveGamesPerAccount: 2_000,
  /** Games of one address that are not in memory while their clock runs: about 300 bytes each until the game is over. */
  clocksPerAddress: 10_000,
  /** Games whose clock runs, in memory or not; above that, new games must have no clock. */
  clocksMax: 1_000_000,
  /** Entries of a record: an open board can be cleared and played again without end. */
  recordEntriesMax: 10_000,
  /** Catalog rows kept in memory while their store refuses writes, about 500 bytes each; further ones are read from the journal later. */
  unwrittenRowsMax: 50_000,
  /** Rows of one page of a list. */
  pageRows: 100,
  /** Open games that a lobby shows. */
  lobbyGamesMax: 200,
  /** Open games of one owner that a lobby shows: more than a person waits in, and far too few to fill the lobby. */
  lobbyGamesPerOwnerMax: 10,
  /** Open games of one address that a lobby shows: a class behind one router, and too few to fill the lobby. */
  lobbyGamesPerAddress: 64,
  /** Pending wishes for an opponent of one connection: several kinds of games at once. */
  wishesPerConnection: 8,
  /** Pending wishes of one address: a class behind one router that starts together. */
  wishesPerAddress: 128,
  /** Size of the pages for browsers with their compressed copies: twenty times their real size. */
  pagesBytesMax: 16_777_216,
  /** Pictures of boards kept in memory, about 12 kB each: one for each game whose link was shared last. */
  picturesKept: 256,
  /** Pictures that wait to be drawn, one after the other, some milliseconds each: about a second of work. */
  picturesWaiting: 256,
  /** Waiting pictures of one address. */
  picturesWaitingPerAddress: 32,
  /** What one player may say to opponents each second, sustained, in all games together: a set phrase or a reaction. */
  sayingsPerSecond: 1,
  /** What one player may say at once after a pause. */
  sayingBurst: 3,
  /** Devices of one account that get notifications while their page is closed; another one replaces the oldest. */
  pushDevices: 8,
  /** Such notifications that wait to be sent, and as many that wait to be sent again; then the oldest is dropped. */
  pushWaiting: 4_096,
  /** Accounts whose devices are sent a notification at the same time. */
  pushesAtOnce: 16,
  /** Notifications a minute to one account, sustained: a person reads no more. */
  pushesPerMinute: 12,
  /** Notifications to one account at once after a pause. */
  pushBurst: 20,
  /** How long a push service may take to answer. */
  pushTimeoutMs: 10_000,
  /** How often a notification is sent at most, if the push service is busy. */
  pushTries: 3,
  /** The delay before the second attempt, if the push service names none; twice as long before the third. */
  pushAgainMs: 5_000,
  /** A notification is dropped if the push service asks for a longer delay. */
  pushAgainMsMax: 60_000,

  // What is played.
  /** A board's width and height. */
  boardSideMax: sideMax,
  /** Characters of a display name, after NFC, not counting combining marks and joiners. */
  nameCharactersMax: 24,
  /** Code points of a display name, after NFC, counting the combining marks and joiners that some scripts need. */
  nameCodePointsMax: 48,
  /** Characters of a game's id. */
  gameIdCharactersMax: 64,
  /** The longest time budget or deadline of a clock: four weeks. */
  clockMsMax: controlMsMax,
  /** Offers of one kind that a player may make before the next move: the first may be a mistake, and each one is stored. */
  offersPerMoveMax: offersMax,
  /** Takebacks of one game: far more than a game needs. A bot accepts every one, so they must be bounded. */
  takebacksPerGameMax: takebacksMax,
  /** In a public game without a clock, the player to move may be away this long before the game is abandoned. */
  abandonMs: 120_000,
  /** Time that a person needs to notice that an offer changed and not to answer it: twice a quick reaction. */
  noticeMs: 500,
  /** Long bot searches that wait for one address: a class behind one router whose bots are all to move. */
  thoughtsPerAddress: 64,
  /** Long bot searches that wait for all addresses: about ten minutes of work. */
  thoughtsWaiting: 1_024,
  /** Time for a bot search in the thread for short searches; a longer one is repeated in the thread for long searches. */
  shortThoughtMs: 400,
  /** A clock waits this long for a player who was not connected when both seats were taken: time to open the page. */
  arrivalMs: 30_000,
  /** Lifetime of a token; the service issues a fresh one at each `hello`. */
  tokenMs: 400 * 24 * 3_600_000,
} as const

export type Limits = { readonly [Name in keyof typeof limits]: number }
