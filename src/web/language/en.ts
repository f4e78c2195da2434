/** The English texts of the first board. The rest is in `en-more.ts`; the other languages have one file each. */
export const en = {
  // Everywhere
  oxo: 'Oxo',
  openGames: 'Open games',
  settings: 'Settings',
  missing: 'There is nothing at this address.',

  // First page
  playSomeone: 'Play someone',
  inviteFriend: 'Invite a friend',
  newGame: 'New game',
  playAgain: 'Play again',
  offlineHere: 'You are offline. Games against the bot and on one screen work all the same.',

  // People
  you: 'You',
  playerX: 'X',
  playerO: 'O',
  bot_random: 'Random bot',
  bot_casual: 'Casual bot',
  bot_perfect: 'Perfect bot',
  freeSeat: 'Free seat',

  // Rules
  tictactoe: 'Tic-tac-toe',
  gomoku: 'Gomoku',
  'connect-four': 'Connect four',
  misere: 'Misère',
  wild: 'Wild',
  notakto: 'Notakto',
  'tictactoe-4': 'Four by four',
  rulesSize: '{width} × {height}, {line} in a row',
  rulesGravity: 'marks fall',
  rulesMisere: 'a line loses',
  rulesWild: 'either mark',
  rulesShared: 'X only',
  rulesExact: 'exact lines',

  // Board
  cell: 'column {x}, row {y}, {what}',
  cellEmpty: 'empty',
  cellLast: '{what}, last move',
  cellLine: '{what}, winning line',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  zoomFit: 'Show the whole board',
  markToPlace: 'Mark to place',

  // Turn line
  yourMoveAs: 'Your move: {mark}',
  eitherMark: 'X or O',
  theirMove: '{name} is to move',
  playerMove: '{player} is to move',
  playerMoveAs: '{player} is to move: {mark}',
  botThinks: '{name} is thinking',
  waitingForOpponent: 'Waiting for an opponent',
  youWon: 'You won',
  youLost: 'You lost',
  draw: 'A draw',
  won: '{name} won',
  byLine: '{line} in a row',
  byTheirLine: '{player} made {line} in a row',
  byFull: 'the board is full',
  byResignation: 'by resignation',
  byTime: 'on time',
  byAgreement: 'by agreement',
  byAbandonment: 'the other side left',
  withdrawn: 'The game was withdrawn',
  result: '{result}: {reason}',

  // Announcements
  saidMoved: '{name}: {mark}, column {x}, row {y}',
  saidJoined: '{name} has joined',
  saidTakenBack: 'The last move was taken back',
  saidRestarted: 'The board was cleared',

  // During the game
  takeBack: 'Take back',
  offered_draw: '{name} offers a draw',
  offered_takeback: '{name} asks to take the last move back',
  offered_rematch: '{name} wants a rematch',
  asked_draw: 'You have offered a draw',
  asked_takeback: 'You have asked to take your move back',
  asked_rematch: 'You have asked for a rematch',
  declined_draw: 'The draw was declined',
  declined_takeback: 'The move stays',
  declined_rematch: 'No rematch',

  // Connection
  gamesReplaced: 'The server has other games than before.',
  wasForgotten: 'The server does not know you any more, so you are a new guest.',

  // Refusals
  refused: 'That did not work: {reason}',
  'not-your-turn': 'It is not your turn.',
  'cell-taken': 'That cell is taken.',
  'column-full': 'That column is full.',
  'game-over': 'The game is over.',
  'not-started': 'Your opponent is not here yet.',
  'not-your-seat': 'You are watching: only the players move.',
  'seat-taken': 'Somebody else took the seat.',
  stale: 'The game changed before this arrived.',
  'no-such-game': 'There is no such game.',
  'no-offer': 'That offer is gone.',
  'bad-name': 'This name cannot be shown: it takes 1 to 24 visible characters.',
  'bad-rules': 'These rules cannot be played.',
  'rate-limited': 'Too fast: wait a moment.',
  'storage-full': 'The server has no space left.',
  unavailable: 'The server cannot do this now.',
  'outcome-unknown': 'Nobody knows yet whether it was done. Look at the board.',
} as const
