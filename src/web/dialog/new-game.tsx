/** The dialog for a new game, with all options. */
import { useSignal } from '@preact/signals'
import { levels } from '../../game/index.ts'
import { create } from '../state/actions.ts'
import { startLocal } from '../local/table.ts'
import type { LocalWish } from '../local/wish.ts'
import { text } from '../language/more.ts'
import { go } from '../state/navigation.ts'
import { load, save } from '../state/storage.ts'
import { aboutRules } from '../game/about-rules.ts'
import { ClockFields } from './clock-fields.tsx'
import { closeDialog, Modal } from './modal.tsx'
import { RulesFields } from './rules-fields.tsx'
import { clockOf, isPlayable, makeWish, type Opponent, parseWish, type GameSetup, setupOf } from './wish.ts'

const opponents: readonly (readonly [Opponent, 'againstFriend' | 'againstAnyone' | 'againstBot' | 'againstScreen'])[] =
  [
    ['friend', 'againstFriend'],
    ['anyone', 'againstAnyone'],
    ['bot', 'againstBot'],
    ['screen', 'againstScreen'],
  ]

export function NewGameDialog({ from }: { readonly from: LocalWish | undefined }) {
  const wish = useSignal<GameSetup>(from === undefined ? parseWish(load('wish')) : setupOf(from))
  const { against, level, rules, seat } = wish.value
  const change = (some: Partial<GameSetup>): void => void (wish.value = { ...wish.value, ...some })
  const isOnline = against === 'friend' || against === 'anyone'
  return (
    <Modal title={text('newTitle')} submit={text('start')} onSubmit={() => start(wish.value)}>
      <Choice
        name="against"
        title={text('against')}
        options={opponents.map(([value, key]) => [value, text(key)])}
        value={against}
        onChoose={(value) => change({ against: value })}
      />
      {against === 'bot' && (
        <Choice
          name="level"
          title={text('level')}
          options={levels.map((value) => [value, text(`level_${value}`)])}
          value={level}
          onChoose={(value) => change({ level: value })}
        />
      )}
      <RulesFields wish={wish.value} onChange={change} />
      <p class={isPlayable(rules) ? 'quiet' : 'notice'}>
        {isPlayable(rules) ? aboutRules(rules) : text('rulesLineTooLong')}
      </p>
      {isOnline && <ClockFields wish={wish.value} onChange={change} />}
      {against !== 'screen' && (
        <Choice
          name="seat"
          title={text('youPlay')}
          options={[
            ['any', text('either')],
            ['X', text('playerX')],
            ['O', text('playerO')],
          ]}
          value={seat}
          onChoose={(value) => change({ seat: value })}
        />
      )}
    </Modal>
  )
}

interface ChoiceProps<T extends string> {
  readonly name: string
  readonly title: string
  readonly options: readonly (readonly [T, string])[]
  readonly value: T
  readonly onChoose: (value: T) => void
}

function Choice<T extends string>({ name, title, options, value, onChoose }: ChoiceProps<T>) {
  return (
    <fieldset>
      <legend>{title}</legend>
      <div class="choices">
        {options.map(([each, label]) => (
          <label key={each} class="choice">
            <input type="radio" name={name} checked={each === value} onChange={() => onChoose(each)} />
            {label}
          </label>
        ))}
      </div>
    </fieldset>
  )
}

function start(wish: GameSetup): void {
  const { against, rules, level, seat } = wish
  if (!isPlayable(rules)) return
  save('wish', makeWish(wish))
  closeDialog()
  if (against === 'bot' || against === 'screen') {
    startLocal(against === 'bot' ? { place: 'bot', rules, level, me: seat } : { place: 'screen', rules })
    return go({ page: 'home' })
  }
  const clock = clockOf(wish)
  create({ rules, seat, public: against === 'anyone', ...(clock === undefined ? {} : { clock }) })
}
