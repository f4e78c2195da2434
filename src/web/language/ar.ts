/** The sentences of the first board and all others, in Arabic. */
import type { Catalogue } from './catalogue.ts'
import { arMore } from './ar-more.ts'

export const ar: Catalogue = {
  ...arMore,

  // Everywhere
  oxo: 'Oxo',
  waitForYou: 'ألعابك التي تنتظرك: {count}',
  openGames: 'الألعاب المفتوحة',
  settings: 'الإعدادات',
  missing: 'لا يوجد شيء في هذا العنوان.',
  playHere: 'العب هنا',
  score: '{us} {won} · تعادل {drawn} · {them} {lost}',
  loading: 'لحظة من فضلك …',

  // First page
  playSomeone: 'العب مع أحد',
  inviteFriend: 'ادعُ صديقًا',
  newGame: 'لعبة جديدة',
  againstLevel: 'ضد {name}',
  rulesLine: '{title}، {line} في صف واحد',
  playsAs: 'تلعب بعلامة {player}',
  playAgain: 'العب مرة أخرى',
  offlineHere: 'أنت غير متصل. ما زال بإمكانك اللعب ضد الروبوت أو مع شخص على هذه الشاشة.',

  // People
  you: 'أنت',
  playerX: 'X',
  playerO: 'O',
  bot_random: 'روبوت عشوائي',
  bot_casual: 'روبوت هاوٍ',
  bot_perfect: 'روبوت مثالي',
  freeSeat: 'مقعد شاغر',

  // Rules
  tictactoe: 'إكس أو',
  gomoku: 'غوموكو',
  'connect-four': 'أربعة تربح',
  misere: 'المعكوسة',
  wild: 'الحرة',
  notakto: 'نوتاكتو',
  'tictactoe-4': 'أربعة في أربعة',
  rulesSize: '{width} × {height}، {line} في صف',
  rulesGravity: 'العلامات تسقط',
  rulesMisere: 'الصف يخسر',
  rulesWild: 'أي علامة',
  rulesShared: 'X فقط',
  rulesExact: 'صفوف مضبوطة',

  // Board
  cell: 'العمود {x}، السطر {y}، {what}',
  cellEmpty: 'فارغ',
  cellLast: '{what}، آخر نقلة',
  cellLine: '{what}، صف الفوز',
  markToPlace: 'العلامة التي توضع',

  // Turn line
  yourMoveAs: 'دورك: {mark}',
  eitherMark: 'X أو O',
  theirMove: 'الدور على {name}',
  playerMove: 'الدور على {player}',
  playerMoveAs: 'الدور على {player}: {mark}',
  botThinks: '{name} يفكر',
  waitingForOpponent: 'بانتظار خصم',
  invited: '{name} يدعوك',
  youWon: 'فزت',
  youLost: 'خسرت',
  draw: 'تعادل',
  won: 'فاز {name}',
  byLine: '{line} في صف واحد',
  byTheirLine: 'أكمل {player} صفًا من {line}',
  byFull: 'اللوحة ممتلئة',
  byResignation: 'بالانسحاب',
  byTime: 'بانتهاء الوقت',
  byAgreement: 'بالاتفاق',
  byAbandonment: 'الطرف الآخر غادر',
  withdrawn: 'سُحبت المباراة',
  result: '{result}: {reason}',

  // Announcements
  saidMoved: '{name}: {mark}، العمود {x}، السطر {y}',
  saidJoined: 'انضم {name}',
  saidTakenBack: 'أُلغيت آخر نقلة',
  saidRestarted: 'أُفرغت اللوحة',

  // During the game
  takeBack: 'تراجع',
  offered_draw: '{name} يعرض التعادل',
  offered_takeback: '{name} يطلب التراجع عن آخر نقلة',
  offered_rematch: '{name} يريد لعبة ثانية',
  asked_draw: 'عرضتَ التعادل',
  asked_takeback: 'طلبتَ التراجع عن نقلتك',
  asked_rematch: 'طلبتَ لعبة ثانية',
  declined_draw: 'رُفض التعادل',
  declined_takeback: 'النقلة باقية',
  declined_rematch: 'لا لعبة ثانية',

  // New game
  againstScreen: 'اثنان على هذه الشاشة',

  // Connection
  gamesReplaced: 'لدى الخادم الآن ألعاب غير التي كانت، كألعاب نسخة احتياطية. ما تراه هو ما لديه الآن.',
  wasForgotten: 'لم يعد الخادم يعرفك، فأنت الآن ضيف جديد.',
  moveOnItsWay: 'تم الإرسال. لم يجب الخادم بعد …',
  noServer: 'لا يمكن الوصول إلى الخادم. لم يحدث شيء: حاول لاحقًا.',
  notKnown: 'انقطع الاتصال. لا أحد يعرف بعد هل تم ذلك.',

  // Refusals
  refused: 'لم ينجح ذلك: {reason}',
  'not-your-turn': 'ليس دورك.',
  'cell-taken': 'هذه الخانة مشغولة.',
  'column-full': 'هذا العمود ممتلئ.',
  'game-over': 'انتهت اللعبة.',
  'not-started': 'خصمك لم يأتِ بعد.',
  'not-your-seat': 'أنت تشاهد: اللاعبان وحدهما ينقلان.',
  'seat-taken': 'أخذ شخص آخر المقعد.',
  stale: 'مضت اللعبة قبل وصول هذا.',
  'no-such-game': 'لا توجد لعبة كهذه.',
  'no-offer': 'لم يعد هذا العرض قائمًا.',
  'bad-name': 'لا يمكن عرض هذا الاسم: يلزم من حرف ظاهر واحد إلى 24 حرفًا، وألا يكون اسم روبوت.',
  'bad-rules': 'لا يمكن اللعب بهذه القواعد.',
  'rate-limited': 'أسرع مما ينبغي: انتظر لحظة.',
  'storage-full': 'لم تبق مساحة لدى الخادم.',
  unavailable: 'لا يستطيع الخادم ذلك الآن.',
  'outcome-unknown': 'لا أحد يعلم بعد هل تم ذلك. انظر إلى اللوحة.',
}
