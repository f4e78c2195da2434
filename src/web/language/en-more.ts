/** The English texts of everything beyond the first board. */
export const enMore = {
  // Everywhere
  cancel: 'Cancel',
  goOn: 'Continue',
  copy: 'Copy',
  copied: 'Copied',
  share: 'Share',
  loading: 'One moment …',

  // People
  watching: 'You are watching',
  here: 'here',
  away: 'away',
  spectators: 'Watching: {count}',

  // Rules
  custom: 'Custom',

  // Announcements
  saidClocks: 'X has {x}, O has {o}',

  // During the game
  resign: 'Resign',
  withdrawGame: 'Withdraw the game',
  offerDraw: 'Offer draw',
  rematch: 'Rematch',
  accept: 'Accept',
  decline: 'Decline',
  withdraw: 'Withdraw',
  nextGame: 'Go to the rematch',
  clearBoard: 'Clear the board',
  readClocks: 'Read the clocks',
  minutesSeconds: '{minutes} min {seconds} s',

  justChanged: 'This has just changed. Look again, then tap.',

  // Invitation
  join: 'Join',
  joinAs: 'Join as {player}',
  watch: 'Watch',
  inviteTitle: 'Invite a friend',
  inviteAbout: 'The first person to open this link plays against you; everybody after that watches.',
  inviteLoopback:
    'This link works on this device only: for a friend on another one, open this page at an address that both can reach.',
  inviteLink: 'Link to this game',
  inviteCode: 'QR code of the link',
  inviteText: 'Play Oxo with me',

  // Name
  name: 'Name',
  nameTitle: 'What should others call you?',
  nameAbout: 'Up to 24 characters. You can change it in the settings.',

  // New game
  newTitle: 'New game',
  against: 'Against',
  againstBot: 'The bot, here',
  againstFriend: 'A friend, by link',
  againstAnyone: 'Anyone, listed',
  againstScreen: 'Two at this screen',
  level: 'Strength',
  level_random: 'Random',
  level_casual: 'Casual',
  level_perfect: 'Perfect',
  rules: 'Rules',
  width: 'Columns',
  height: 'Rows',
  line: 'In a row',
  gravity: 'Marks fall',
  misereOption: 'A line loses',
  exact: 'Longer lines do not count',
  marks: 'Marks',
  marks_own: 'Your own',
  marks_wild: 'X or O, as you like',
  marks_shared: 'X for both',
  clock: 'Clock',
  clockNone: 'No clock',
  clockMinutes: '{minutes} min + {seconds} s a move',
  clockDay: 'One day a move',
  clockCustom: 'Your own',
  minutes: 'Minutes',
  increment: 'Seconds a move',
  youPlay: 'You play',
  either: 'Either',
  start: 'Start',
  rulesLineTooLong: 'A line is at most as long as the longer side.',

  // Settings
  language: 'Language',
  languageAuto: 'As the browser',
  theme: 'Colours',
  theme_auto: 'As the device',
  theme_light: 'Light',
  theme_dark: 'Dark',
  save: 'Save',

  // Lobby
  lobbyTitle: 'Open games',
  waitingGames: 'Waiting for an opponent',
  liveGames: 'Being played',
  yourGames: 'Your games',
  nothingOpen: 'Nobody is waiting. Open a game, and the next visitor joins you.',
  nothingLive: 'No game is being played in public right now.',
  nowPlaying: 'Now playing',
  filterRules: 'Rules',
  allRules: 'All',
  versus: '{a} against {b}',

  // After the game
  review: 'Review',
  replay: 'Move {move} of {moves}',
  replayPosition: 'Position',
  replayFirst: 'First position',
  replayPrevious: 'Move before',
  replayNext: 'Next move',
  replayLast: 'Last position',
  download: 'Download record',
  verify: 'Verify record',
  verifyWhole: 'The record is whole: {count} entries, each chained to the one before.',
  verifyBroken: 'Entry {entry} does not fit the ones before it.',
  verifyUnder: 'Checking …',
  analysis: 'Perfect play',
  analysisUnder: 'Analysing every move …',
  valueWin: '{player} wins in {plies}',
  valueNow: '{player} wins',
  valueDraw: 'draw',
  blunder: 'Blunder',
  best: 'Best: {places}',
  place: 'column {x}, row {y}',
  shareResult: 'Oxo, {rules}: {result}',

  // How games are won
  aboutOwn: '{line} in a row wins.',
  aboutMisere: 'The player with {line} in a row loses.',
  aboutGravity: 'Marks fall to the bottom.',
  aboutWild: 'Each move may be X or O.',
  aboutShared: 'Both players place X.',
  aboutExact: 'Longer lines do not count.',

  // Connection
  connection: 'Connection',
  reconnecting: 'No connection. Next try in {seconds} s.',
  reconnectingNow: 'Trying to connect …',
  noNetwork: 'This device is offline. Oxo connects again by itself.',
  connectedAgain: 'Connected again.',
  moveWaiting: 'Your move is kept and will be delivered.',
  tryNow: 'Try now',
  newRelease: 'There is a newer version of this page.',
  reload: 'Reload',
  notNow: 'Not now',
  nameRefused:
    'The server does not know its name {name}, so nobody can play here yet: its operator has to start it with {flag}.',
  connectionRefused: 'The server refuses this page: {reason}',
  keptSettings: 'This browser keeps nothing: your choices last only as long as this page.',
  keepOpen: 'This browser keeps nothing: leave this page open until then.',
  keptNothing: 'This browser keeps nothing: if you close or reload this page, you lose your seat.',
} as const
