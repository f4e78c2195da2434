/** The fields for the rules: a preset, or every rule by itself. */
import { useSignal } from '@preact/signals'
import { markRules, presets, type Rules, sideMax } from '../../game/index.ts'
import { text } from '../language/more.ts'
import { presetNames, presetOf } from '../words.ts'
import type { GameSetup } from './wish.ts'

interface RulesFieldsProps {
  readonly wish: GameSetup
  readonly onChange: (some: Partial<GameSetup>) => void
}

export function RulesFields({ wish: { rules, isCustom }, onChange }: RulesFieldsProps) {
  const preset = isCustom ? null : presetOf(rules)
  return (
    <>
      <label class="field">
        <span>{text('rules')}</span>
        <select
          value={preset ?? 'custom'}
          onChange={({ currentTarget: { value } }) => {
            const chosen = presetNames.find((name) => name === value)
            onChange(chosen === undefined ? { isCustom: true } : { isCustom: false, rules: presets[chosen] })
          }}
        >
          {presetNames.map((name) => (
            <option key={name} value={name}>
              {text(name)}
            </option>
          ))}
          <option value="custom">{text('custom')}</option>
        </select>
      </label>
      {preset === null && (
        <CustomFields rules={rules} onChange={(some) => onChange({ isCustom: true, rules: { ...rules, ...some } })} />
      )}
    </>
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
      <label class="field">
        <span>{text('marks')}</span>
        <select
          value={marks}
          onChange={({ currentTarget: { value } }) =>
            onChange({ marks: markRules.find((each) => each === value) ?? 'own' })
          }
        >
          {markRules.map((each) => (
            <option key={each} value={each}>
              {text(`marks_${each}`)}
            </option>
          ))}
        </select>
      </label>
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

interface TickProps {
  readonly title: string
  readonly isOn: boolean
  readonly onTick: (isOn: boolean) => void
}

function Tick({ title, isOn, onTick }: TickProps) {
  return (
    <label class="choice">
      <input type="checkbox" checked={isOn} onChange={({ currentTarget: { checked } }) => onTick(checked)} />
      {title}
    </label>
  )
}
