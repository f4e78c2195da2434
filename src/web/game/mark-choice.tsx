/** Chooses the mark of the next move, if the rules let the player choose. */
import { players } from '../../game/index.ts'
import { MarkShape } from '../board/mark.tsx'
import { firstText } from '../language/text.ts'
import type { PageGame } from '../state/page-game.ts'

export function MarkChoice({ table }: { readonly table: PageGame }) {
  const { shown } = table.standing.value
  if (shown.rules.marks !== 'wild' || shown.outcome !== null) return null
  return (
    <fieldset class="marks">
      <legend>{firstText('markToPlace')}</legend>
      {players.map((mark) => (
        <label key={mark} class="choice">
          <input
            type="radio"
            name={`mark-${table.handle.id}`}
            checked={table.mark.value === mark}
            onChange={() => (table.mark.value = mark)}
          />
          <MarkShape mark={mark} />
          <span class="unseen">{mark}</span>
        </label>
      ))}
    </fieldset>
  )
}
