/** The dialog for a new game, with all options. */
import { useSignal } from '@preact/signals'
import { levels, matchLengths } from '../../game/index.ts'
import { create } from '../state/actions.ts'
import { startLocal } from '../local/table.ts'
import type { LocalWish } from '../local/wish.ts'
import { text } from '../language/more.ts'
import { go } from '../state/navigation.ts'
import { load, save } from '../state/storage.ts'
import { ClockFields } from './clock-fields.tsx'
import { Select } from '../shell/select.tsx'
import { closeDialog, Modal } from './modal.tsx'
import { OpponentTiles } from './opponent-tiles.tsx'
import { Preview } from './preview.tsx'
import { CustomRules, RulesTiles } from './rules-fields.tsx'
import { clockOf, isPlayable, makeWish, parseWish, type GameSetup, setupOf } from './wish.ts'

export function NewGameDialog({ from }: { readonly from: LocalWish | undefined }) {
  const wish = useSignal<GameSetup>(from === undefined ? parseWish(load('wish')) : setupOf(from))
  const isUnfolded = useSignal(wish.value.isCustom)
  const { against, rules } = wish.value
  const change = (some: Partial<GameSetup>): void => {
    wish.value = { ...wish.value, ...some }
    if (some.isCustom !== undefined) isUnfolded.value = some.isCustom
  }
  return (
    <Modal title={text('newTitle')} submit={text('start')} onSubmit={() => start(wish.value)}>
      <div class="setup">
        <div class="fields">
          <OpponentTiles value={against} onChoose={(value) => change({ against: value })} />
          <RulesTiles wish={wish.value} onChange={change} />
        </div>
        <Preview rules={rules} />
        <div class="fields">
          <CustomRules
            wish={wish.value}
            isOpen={isUnfolded.value}
            onToggle={(isOpen) => (isUnfolded.value = isOpen)}
            onChange={change}
          />
          <SideFields wish={wish.value} onChange={change} />
        </div>
      </div>
    </Modal>
  )
}

interface SideFieldsProps {
  readonly wish: GameSetup
  readonly onChange: (some: Partial<GameSetup>) => void
}

/** Match, and what depends on the opponent: strength, clock, side. */
function SideFields({ wish, onChange }: SideFieldsProps) {
  const { against, level, match, seat } = wish
  return (
    <>
      {against === 'bot' && (
        <Choice
          name="level"
          title={text('level')}
          options={levels.map((value) => [value, text(`level_${value}`)])}
          value={level}
          onChoose={(value) => onChange({ level: value })}
        />
      )}
      {(against === 'friend' || against === 'anyone') && <ClockFields wish={wish} onChange={onChange} />}
      <Select
        title={text('match')}
        options={([1, ...matchLengths] as const).map((length) => ({
          value: `${length}`,
          title: length === 1 ? text('matchNone') : text('bestOf', { length }),
        }))}
        value={`${match}`}
        onChoose={(chosen) => onChange({ match: matchLengths.find((length) => `${length}` === chosen) ?? 1 })}
      />
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
          onChoose={(value) => onChange({ seat: value })}
        />
      )}
    </>
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
  const match = wish.match === 1 ? {} : { match: wish.match }
  if (!isPlayable(rules)) return
  save('wish', makeWish(wish))
  closeDialog()
  if (against === 'bot' || against === 'screen') {
    startLocal(
      against === 'bot' ? { place: 'bot', rules, level, me: seat, ...match } : { place: 'screen', rules, ...match },
    )
    return go({ page: 'home' })
  }
  const clock = clockOf(wish)
  create({ rules, seat, public: against === 'anyone', ...(clock === undefined ? {} : { clock }), ...match })
}
