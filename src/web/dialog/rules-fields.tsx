/** The fields for the rules: a preset, or every rule by itself. */
import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { markRules, type PresetName, presetNames, presetOf, presets, type Rules, sideMax } from '../../game/index.ts'
import { Picture } from '../board/picture.tsx'
import { text } from '../language/more.ts'

import { Tick } from './tick.tsx'
import { Select } from './select.tsx'
import type { GameSetup } from './wish.ts'

interface RulesFieldsProps {
  readonly wish: GameSetup
  readonly onChange: (some: Partial<GameSetup>) => void
}

/** A position of each preset, or a part of one, that shows what is special about it. */
const examples: Readonly<Record<PresetName, readonly [string, ...string[]]>> = {
  tictactoe: ['X.O', '.XO', '..X'],
  gomoku: ['X...O..', '.X..O..', '..XO...', '..OX...', '....X..', '.......'],
  'connect-four': ['.....', '..X..', '.XOO.', 'XOXXO'],
  misere: ['OXO', 'X..', '.OX'],
  wild: ['XOX', '.O.', 'OX.'],
  notakto: ['X.X', '.X.', '.X.'],
  'tictactoe-4': ['X.OO', '.X..', '.OX.', '...X'],
}

export function RulesFields({ wish: { rules, isCustom }, onChange }: RulesFieldsProps) {
  const preset = isCustom ? null : presetOf(rules)
  return (
    <>
      <fieldset>
        <legend>{text('rules')}</legend>
        <div class="tiles">
          {presetNames.map((name) => (
            <Tile
              key={name}
              title={text(name)}
              isChosen={name === preset}
              onChoose={() => onChange({ isCustom: false, rules: presets[name] })}
            >
              <Example rows={examples[name]} />
            </Tile>
          ))}
          <Tile title={text('custom')} isChosen={preset === null} onChoose={() => onChange({ isCustom: true })}>
            <Picture rules={rules} board={'.'.repeat(rules.width * rules.height)} />
          </Tile>
        </div>
      </fieldset>
      {preset === null && (
        <CustomFields rules={rules} onChange={(some) => onChange({ isCustom: true, rules: { ...rules, ...some } })} />
      )}
    </>
  )
}

function Example({ rows }: { readonly rows: readonly [string, ...string[]] }) {
  return <Picture rules={{ width: rows[0].length, height: rows.length }} board={rows.join('')} />
}

interface TileProps {
  readonly title: string
  readonly isChosen: boolean
  readonly onChoose: () => void
  readonly children: ComponentChildren
}

function Tile({ title, isChosen, onChoose, children }: TileProps) {
  return (
    <label class="tile">
      {children}
      <input type="radio" name="rules" aria-label={title} checked={isChosen} onChange={onChoose} />
      <span aria-hidden="true">{title}</span>
    </label>
  )
}

interface CustomFieldsProps {
  readonly rules: Rules
  readonly onChange: (some: Partial<Rules>) => void
}

function CustomFields({ rules, onChange }: CustomFieldsProps) {
  const { gravity, misere, exact, marks } = rules
  return (
    <>
      <div class="pair">
        {(['width', 'height', 'line'] as const).map((name) => (
          <NumberField
            key={name}
            title={text(name)}
            value={rules[name]}
            min={1}
            max={sideMax}
            onType={(value) => onChange({ [name]: value })}
          />
        ))}
      </div>
      <div class="choices">
        <Tick title={text('gravity')} isOn={gravity} onTick={(isOn) => onChange({ gravity: isOn })} />
        <Tick title={text('misereOption')} isOn={misere} onTick={(isOn) => onChange({ misere: isOn })} />
        <Tick title={text('exact')} isOn={exact} onTick={(isOn) => onChange({ exact: isOn })} />
      </div>
      <Select
        title={text('marks')}
        options={markRules.map((each) => ({ value: each, title: text(`marks_${each}`) }))}
        value={marks}
        onChoose={(chosen) => onChange({ marks: chosen })}
      />
    </>
  )
}

interface NumberFieldProps {
  readonly title: string
  readonly value: number
  readonly min: number
  readonly max: number
  /** 1 by default: whole numbers. */
  readonly step?: number
  /** Called with every typed value that the field allows; the browser explains the others when the form is sent. */
  readonly onType: (value: number) => void
}

export function NumberField({ title, value, min, max, step = 1, onType }: NumberFieldProps) {
  // What was typed stays in the field, also if it is not allowed.
  const typed = useSignal(String(value))
  return (
    <label class="field">
      <span>{title}</span>
      <input
        type="number"
        inputMode={step < 1 ? 'decimal' : 'numeric'}
        required
        min={min}
        max={max}
        step={step}
        value={typed.value}
        onInput={({ currentTarget: { value: now, valueAsNumber, validity } }) => {
          typed.value = now
          if (validity.valid) onType(valueAsNumber)
        }}
      />
    </label>
  )
}
