/** Says what is played on the first page. Each part is a button that changes it. */
import { presetOf } from '../../game/index.ts'
import { firstText } from '../language/text.ts'
import type { PageGameState } from '../state/page-game.ts'
import { ui } from '../state/ui.ts'
import { titleOfRules } from '../words.ts'
import { localWish } from './table.ts'

export function Situation({ standing: { shown, me } }: { readonly standing: PageGameState }) {
  const wish = localWish.value
  const { rules } = shown
  const title = titleOfRules(rules)
  const parts = [
    wish.place === 'bot'
      ? firstText('againstLevel', { name: firstText(`bot_${wish.level}`) })
      : firstText('againstScreen'),
    presetOf(rules) === null ? title : firstText('rulesLine', { title, line: rules.line }),
    me !== null && firstText('playsAs', { player: me }),
  ]
  return (
    <div class="situation">
      {parts
        .filter((part) => part !== false)
        .map((part) => (
          <button key={part} type="button" class="chip" onClick={() => (ui.dialog.value = { name: 'new-game', wish })}>
            {part}
          </button>
        ))}
    </div>
  )
}
