/** Sharing of a finished game: its link, its board as text, its record, and the verification of the record. */
import { useSignal } from '@preact/signals'
import { sha256 } from '@noble/hashes/sha2.js'
import type { GameRecord } from '../../client/index.ts'
// A direct import: the index of the client is part of the first board's code, and this module must not be.
import { verifyRecord } from '../../client/record.ts'
import { Sharing } from '../game/invitation.tsx'
import { text } from '../language/more.ts'
import type { PageGame } from '../state/page-game.ts'
import { titleOfRules, turnLine } from '../words.ts'
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
  const words = [text('shareResult', { rules: titleOfRules(course.rules), result }), makeText(course), link].join('\n')
  return (
    <>
      <Sharing link={link} words={words} result={words} />
      <div class="buttons">
        <button type="button" class="button" onClick={() => download(record)}>
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

function download(record: GameRecord): void {
  const file = new Blob([`${JSON.stringify(record, null, 2)}\n`], { type: 'application/json' })
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = `oxo-${record.game}.json`
  link.click()
  URL.revokeObjectURL(link.href)
}
