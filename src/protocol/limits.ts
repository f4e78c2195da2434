/**
 * Every bound of the service, each with its reason. The reference in `docs/OPERATING.md` is generated from this table;
 * what a host may change has its flag there.
 */
import { controlMsMax, offersMax, takebacksMax } from '../game/index.ts'

export const limits = {
  // What arrives.
  /** One JSON message or text line: a hundred times the longest useful one. */
  messageBytesMax: 8_192,
  /** The line that decides a connection's protocol: an HTTP request line with room for a long URL. */
  firstLineBytesMax: 4_096,
  /** JSON nesting: the deepest message of the method table needs 4. */
  jsonDepthMax: 8,
  /** Silence before the first line: a person who types into `nc` has begun by then, or begins again. */
  firstLineMs: 10_000,
  /** Time for a started first line of text or HTTP to end, else the connection is closed; and for a TLS handshake. */
  handshakeMs: 10_000,
  /** The header of an HTTP request: room for what proxies and a shared host's cookies add. */
  httpHeaderBytesMax: 16_384,
  /** Time for the header of an HTTP request, from its first byte; of a connection's first, from the end of its first line. */
  httpHeadersMs: 5_000,
  /** Time for the body of an HTTP request, from the end of its header. */
  httpBodyMs: 10_000,
  /** Silence between two HTTP requests on one connection: longer than proxies keep one, so that they close it and not we. */
  httpIdleMs: 90_000,
  /** Requests a second on one connection, in the long run. */
  requestsPerSecond: 100,
  /** Requests at once after a pause. */
  requestBurst: 200,
  /** Units a second that the requests of one address cost, in the long run: reading is 1, creating a game 10, with a bot 20. */
  addressUnitsPerSecond: 1_000,
  /** Units at once after a pause: a class of 60 behind one router loads the page, plays, and loads it again. */
  addressUnitBurst: 5_000,
  /** Requests a second of one address that are refused for their rate, in the long run; more end their connections. */
  addressRefusalsPerSecond: 1_000,
  /** Such refusals at once after a pause: what the connections of an address ask in some seconds at their own rates. */
  addressRefusalBurst: 10_000,
  /** Units a second that the requests of one account cost, in the long run, wherever they come from: some devices at once. */
  accountUnitsPerSecond: 200,
  /** Units of one account at once after a pause: 200 games. */
  accountUnitBurst: 2_000,
  /** Buckets that the addresses share, and as many for the accounts: a few megabytes at most, however many come. */
  rateBuckets: 65_536,
  /** How far the waits told to those above a rate grow apart; who waits longer is told the wait alone. */
  retryAfterMsMax: 10_000,
  /** Connections from one address that stay, over lines, WebSockets and streams: a class behind one router, twice over while it loads the page again. */
  connectionsPerAddress: 128,
  /** Sockets from one address: the six that a browser opens at once, 60 times, and the connections that stay. Idle ones of HTTP make room. */
  socketsPerAddress: 512,
  /** Connections above a limit that are being told so, of all addresses; more are closed without a word. */
  refusalsMax: 256,
  /** How long the first line of such a connection is awaited, to answer in the words of its protocol. */
  refusalMs: 1_000,
  /** Commands waiting for one game; more than its players and watchers can have in flight in good faith. */
  commandsPerGame: 256,
  /** A move is charged until it was heard, but not more than this before it was decided: what a busy server makes it wait. */
  heardMsMax: 1_000,
  /** Requests of one connection that wait for an answer. */
  requestsInFlight: 256,
  /** Reads from storage at once, of all connections; a page each, so that with others' requests in between one turn of the loop stays short. */
  readsAtOnce: 8,
  /** Of one address: the others have their turn, whatever it asks. */
  readsPerAddress: 2,
  /** Reads that wait for their turn: one a connection at most, of many addresses. */
  readsWaiting: 65_536,
  /** Records in memory until they have left, some megabytes each. */
  recordsAtOnce: 32,
  /** Of one address: whoever does not read theirs keeps no more. */
  recordsPerAddress: 4,

  // What leaves.
  /** Unsent bytes at which a reader counts as slow: from then on it gets the newest state only. */
  unsentBytesMax: 65_536,
  /** States held back for a slow reader, the newest of each game twice over and of the lobby; with more it is disconnected. */
  heldStatesMax: 4_000,
  /** How long a reader may stay slow before it is disconnected. */
  slowReaderMs: 30_000,
  /** Interval of heartbeats; a connection silent for two is gone. */
  heartbeatMs: 20_000,
  /** How long a draining server waits for answers to leave. */
  drainMs: 5_000,

  // What is kept.
  /** Games that one connection hears of. */
  watchedGamesMax: 1_000,
  /** A live game that nobody watches or plays leaves memory after this. */
  idleGameMs: 60_000,
  /** Games in memory; idle ones make room first. */
  liveGamesMax: 1_000_000,
  /** Games that one address has brought into memory: more than it can create before they are idle. */
  liveGamesPerAddress: 10_000,
  /** Games that one account has brought into memory, wherever from: many times what a person plays at once. */
  liveGamesPerAccount: 2_000,
  /** Games that are not in memory and whose clock runs, of one address: some 300 bytes each until the game is over. */
  clocksPerAddress: 10_000,
  /** Games whose clock runs, in memory or not; beyond, games begin without a clock only. */
  clocksMax: 1_000_000,
  /** Entries of a record: an open board is cleared and played on without end. */
  recordEntriesMax: 10_000,
  /** Changes of histories kept for a store that refuses them, some 500 bytes each; beyond, they are read from the journal later. */
  unwrittenRowsMax: 50_000,
  /** Rows of one page of a list. */
  pageRows: 100,
  /** Open games that a lobby shows. */
  lobbyGamesMax: 200,
  /** Open games of one owner that a lobby shows: more than a person waits in, and far from filling it. */
  lobbyGamesPerOwnerMax: 10,
  /** Games that a lobby shows of those who are at one address: a class behind one router, and far from filling it. */
  lobbyGamesPerAddress: 64,
  /** Wishes for an opponent of one connection that are being granted: for some kinds of games at once. */
  wishesPerConnection: 8,
  /** The same of one address: a class behind one router that begins together. */
  wishesPerAddress: 128,
  /** The pages for browsers, with their compressed copies: twenty times what they take. */
  pagesBytesMax: 16_777_216,

  // What is played.
  /** A board's width and height. */
  boardSideMax: 25,
  /** Characters of a display name, after NFC, without its marks and joiners. */
  nameCharactersMax: 24,
  /** Code points of a display name, after NFC: with the marks and joiners that some scripts need for a character. */
  nameCodePointsMax: 48,
  /** Characters of a game's id. */
  gameIdCharactersMax: 64,
  /** The longest time budget or deadline of a clock: four weeks. */
  clockMsMax: controlMsMax,
  /** Offers of one kind that a player makes before the next move: one may be a slip, and each is stored. */
  offersPerMoveMax: offersMax,
  /** Takebacks of one game: far more than lead anywhere, and with a bot, which accepts all of them, not without end. */
  takebacksPerGameMax: takebacksMax,
  /** In a public game without a clock, the player to move may be away this long before the game is given up. */
  abandonMs: 120_000,
  /** How long somebody needs to see that what they are about to answer has changed, and to stop: twice a quick reaction. */
  noticeMs: 500,
  /** Bots' long thoughts that wait for one address: a class behind one router whose bots are all to move. */
  thoughtsPerAddress: 64,
  /** The same of all addresses: what some ten minutes of thinking can serve. */
  thoughtsWaiting: 1_024,
  /** What a bot's thought may take where the short ones are thought; those that take longer are thought elsewhere. */
  shortThoughtMs: 400,
  /** A clock waits this long for a player who was not there when both seats were taken: time to open the page. */
  arrivalMs: 30_000,
  /** Tokens live this long; the service issues a fresh one at each `hello`. */
  tokenMs: 400 * 24 * 3_600_000,
} as const

export type Limits = { readonly [Name in keyof typeof limits]: number }
