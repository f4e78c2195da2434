/** The sentences of the first board and all others, in German. */
import type { Catalogue } from './catalogue.ts'
import { deMore } from './de-more.ts'

export const de: Catalogue = {
  ...deMore,

  // Everywhere
  oxo: 'Oxo',
  waitForYou: 'Deine Spiele, die auf dich warten: {count}',
  openGames: 'Offene Spiele',
  settings: 'Einstellungen',
  missing: 'Unter dieser Adresse gibt es nichts.',
  playHere: 'Hier spielen',
  score: '{us} {won} · unentschieden {drawn} · {them} {lost}',
  loading: 'Einen Moment …',

  // First page
  playSomeone: 'Gegner suchen',
  inviteFriend: 'Freund einladen',
  newGame: 'Neues Spiel',
  againstLevel: 'Gegen {name}',
  rulesLine: '{title}, {line} in einer Reihe',
  playsAs: 'Du spielst {player}',
  playAgain: 'Noch einmal',
  offlineHere: 'Du bist offline. Spiele gegen den Bot und zu zweit am Bildschirm gehen trotzdem.',

  // People
  you: 'Du',
  playerX: 'X',
  playerO: 'O',
  bot_random: 'Zufallsbot',
  bot_casual: 'Gelegenheitsbot',
  bot_perfect: 'Perfekter Bot',
  freeSeat: 'Freier Platz',

  // Rules
  tictactoe: 'Tic-Tac-Toe',
  gomoku: 'Gomoku',
  'connect-four': 'Vier gewinnt',
  misere: 'Misère',
  wild: 'Wild',
  notakto: 'Notakto',
  'tictactoe-4': 'Vier mal vier',
  rulesSize: '{width} × {height}, {line} in einer Reihe',
  rulesGravity: 'Steine fallen',
  rulesMisere: 'eine Reihe verliert',
  rulesWild: 'beide Zeichen',
  rulesShared: 'nur X',
  rulesExact: 'genaue Reihen',

  // Board
  cell: 'Spalte {x}, Zeile {y}, {what}',
  cellEmpty: 'leer',
  cellLast: '{what}, letzter Zug',
  cellLine: '{what}, Gewinnreihe',
  markToPlace: 'Zeichen',

  // Turn line
  yourMoveAs: 'Du bist am Zug: {mark}',
  eitherMark: 'X oder O',
  theirMove: '{name} ist am Zug',
  playerMove: '{player} ist am Zug',
  playerMoveAs: '{player} ist am Zug: {mark}',
  botThinks: '{name} überlegt',
  waitingForOpponent: 'Warten auf einen Gegner',
  invited: '{name} lädt dich ein',
  youWon: 'Gewonnen',
  youLost: 'Verloren',
  draw: 'Unentschieden',
  won: '{name} hat gewonnen',
  byLine: '{line} in einer Reihe',
  byTheirLine: '{player} hat {line} in einer Reihe',
  byFull: 'das Brett ist voll',
  byResignation: 'durch Aufgabe',
  byTime: 'auf Zeit',
  byAgreement: 'vereinbart',
  byAbandonment: 'die Gegenseite ist gegangen',
  withdrawn: 'Die Partie wurde zurückgezogen',
  result: '{result}: {reason}',

  // Announcements
  saidMoved: '{name}: {mark}, Spalte {x}, Zeile {y}',
  saidJoined: '{name} ist da',
  saidTakenBack: 'Der letzte Zug wurde zurückgenommen',
  saidRestarted: 'Das Brett wurde geleert',

  // During the game
  takeBack: 'Zurücknehmen',
  offered_draw: '{name} bietet Remis an',
  offered_takeback: '{name} möchte den letzten Zug zurücknehmen',
  offered_rematch: '{name} möchte eine Revanche',
  asked_draw: 'Du hast Remis angeboten',
  asked_takeback: 'Du möchtest deinen Zug zurücknehmen',
  asked_rematch: 'Du möchtest eine Revanche',
  declined_draw: 'Das Remis wurde abgelehnt',
  declined_takeback: 'Der Zug bleibt',
  declined_rematch: 'Keine Revanche',

  // New game
  againstScreen: 'Zu zweit am Bildschirm',

  // Connection
  gamesReplaced: 'Der Server hat andere Spiele als vorher, etwa die einer Sicherung. Du siehst, was er jetzt hat.',
  wasForgotten: 'Der Server kennt dich nicht mehr, also bist du ein neuer Gast.',
  moveOnItsWay: 'Abgeschickt. Der Server hat noch nicht geantwortet …',
  noServer: 'Der Server ist nicht zu erreichen. Nichts ist geschehen: versuch es später noch einmal.',
  notKnown: 'Die Verbindung ist abgerissen. Noch weiß niemand, ob es geschehen ist.',

  // Refusals
  refused: 'Das ging nicht: {reason}',
  'not-your-turn': 'Du bist nicht am Zug.',
  'cell-taken': 'Dieses Feld ist besetzt.',
  'column-full': 'Diese Spalte ist voll.',
  'game-over': 'Das Spiel ist vorbei.',
  'not-started': 'Dein Gegner ist noch nicht da.',
  'not-your-seat': 'Du schaust zu: Nur die Spieler ziehen.',
  'seat-taken': 'Jemand anders hat den Platz genommen.',
  stale: 'Das Spiel ging weiter, bevor das ankam.',
  'no-such-game': 'Dieses Spiel gibt es nicht.',
  'no-offer': 'Dieses Angebot gibt es nicht mehr.',
  'bad-name':
    'Dieser Name kann nicht gezeigt werden: Er braucht 1 bis 24 sichtbare Zeichen und darf nicht der eines Bots sein.',
  'bad-rules': 'Nach diesen Regeln kann man nicht spielen.',
  'rate-limited': 'Zu schnell: Warte einen Moment.',
  'storage-full': 'Der Server hat keinen Platz mehr.',
  unavailable: 'Der Server kann das jetzt nicht.',
  'outcome-unknown': 'Niemand weiß, ob das noch geschah. Sieh auf das Brett.',
}
