/** Sharing of a finished game: its link, its board as text, picture and replay; its record, and the record's verification. */
import { useSignal } from '@preact/signals'
import { sha256 } from '@noble/hashes/sha2.js'
import type { GameRecord } from '../../client/index.ts'
// A direct import: the index of the client is part of the first board's code, and this module must not be.
import { verifyRecord } from '../../client/record.ts'
import { Sharing } from '../game/invitation.tsx'
import { text } from '../language/more.ts'
import { download, saveFile } from '../shell/download.ts'
import type { PageGame } from '../state/page-game.ts'
import { warn } from '../state/ui.ts'
import { titleOfRules, turnLine } from '../words.ts'
import { makeAnimation } from './animation.ts'
import { type Course, makeText } from './record.ts'

interface TakeAwayProps {
  readonly table: PageGame
  readonly course: Course
  readonly record: GameRecord
}

export function TakeAway({ table, course, record }: TakeAwayProps) {
  const verdict = useSignal<string | null>(null)
  const link = `${location.origin}/games/${record.game}`
  const result = turnLine(table, { ...table.standing.value, me: null })
  const title = text('shareResult', { rules: titleOfRules(course.rules), result })
  const words = [title, makeText(course), link].join('\n')
  return (
    <>
      <Sharing link={link} words={words} result={words} />
      <div class="buttons">
        <button type="button" class="button" onClick={() => void givePicture(record.game)}>
          {text('givePicture')}
        </button>
        <button type="button" class="button" onClick={() => void give(makeReplay(course, table, title))}>
          {text('giveReplay')}
        </button>
        <button type="button" class="button" onClick={() => download(`oxo-${record.game}.json`, record)}>
          {text('download')}
        </button>
        <button
          type="button"
          class="button"
          onClick={() => {
            verdict.value = text('verifyUnder')
            void verify(record).then((sentence) => (verdict.value = sentence))
          }}
        >
          {text('verify')}
        </button>
      </div>
      <p class="verdict" aria-live="polite">
        {verdict.value}
      </p>
    </>
  )
}

async function verify(record: GameRecord): Promise<string> {
  // Browsers provide WebCrypto on secure pages only.
  const broken = await (isSecureContext ? verifyRecord(record) : verifyRecord(record, sha256))
  if (broken === null) return text('verifyWhole', { count: record.entries.length })
  return text('verifyBroken', { entry: broken })
}

function makeReplay(course: Course, table: PageGame, title: string): File {
  const { game, outcome } = table.standing.peek().view
  const line = outcome?.line?.map(([x, y]) => y * course.rules.width + x) ?? null
  return new File([makeAnimation(course, line, title)], `oxo-${game}.svg`, { type: 'image/svg+xml' })
}

/** The picture is drawn by the server. */
async function givePicture(game: string): Promise<void> {
  try {
    const answer = await fetch(`/games/${game}/picture.png`)
    if (!answer.ok) throw new Error(`the picture was refused: ${answer.status}`)
    await give(new File([await answer.blob()], `oxo-${game}.png`, { type: 'image/png' }))
  } catch {
    warn(text('noServer'))
  }
}

/** Opens the device's share dialog for a file; stores it if the device shares no such files. */
async function give(file: File): Promise<void> {
  if (!('canShare' in navigator) || !navigator.canShare({ files: [file] })) return saveFile(file)
  try {
    await navigator.share({ files: [file] })
  } catch (error) {
    // An abort: the visitor closed the dialog.
    if (!(error instanceof DOMException && error.name === 'AbortError')) saveFile(file)
  }
}
