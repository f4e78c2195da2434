/** The fields for the rules: tiles of presets, and every rule by itself. */
import { markRules, type PresetName, presetNames, presetOf, presets, type Rules, sideMax } from '../../game/index.ts'
import { Picture } from '../board/picture.tsx'
import { text } from '../language/more.ts'
import { NumberField } from './number-field.tsx'
import { Select } from '../shell/select.tsx'
import { Tick } from './tick.tsx'
import { Tile } from './tile.tsx'
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

export function RulesTiles({ wish: { rules, isCustom }, onChange }: RulesFieldsProps) {
  const preset = isCustom ? null : presetOf(rules)
  return (
    <fieldset>
      <legend>{text('rules')}</legend>
      <div class="tiles">
        {presetNames.map((name) => (
          <Tile
            key={name}
            group="rules"
            title={text(name)}
            isChosen={name === preset}
            onChoose={() => onChange({ isCustom: false, rules: presets[name] })}
          >
            <Example rows={examples[name]} />
          </Tile>
        ))}
        <Tile
          group="rules"
          title={text('custom')}
          isChosen={preset === null}
          onChoose={() => onChange({ isCustom: true })}
        >
          <Picture rules={rules} board={'.'.repeat(rules.width * rules.height)} />
        </Tile>
      </div>
    </fieldset>
  )
}

interface CustomRulesProps extends RulesFieldsProps {
  readonly isOpen: boolean
  readonly onToggle: (isOpen: boolean) => void
}

/** Every rule by itself, folded. */
export function CustomRules({ wish: { rules }, isOpen, onToggle, onChange }: CustomRulesProps) {
  return (
    <details aria-label={text('custom')} open={isOpen} onToggle={({ currentTarget }) => onToggle(currentTarget.open)}>
      <summary>{text('changeRules')}</summary>
      {/* Not there while folded: nobody could correct a hidden field that the browser finds wrong. */}
      {isOpen && (
        <CustomFields rules={rules} onChange={(some) => onChange({ isCustom: true, rules: { ...rules, ...some } })} />
      )}
    </details>
  )
}

function Example({ rows }: { readonly rows: readonly [string, ...string[]] }) {
  return <Picture rules={{ width: rows[0].length, height: rows.length }} board={rows.join('')} />
}

interface CustomFieldsProps {
  readonly rules: Rules
  readonly onChange: (some: Partial<Rules>) => void
}

function CustomFields({ rules, onChange }: CustomFieldsProps) {
  const { width, height, gravity, misere, exact, marks } = rules
  const sides = [
    ['width', sideMax],
    ['height', sideMax],
    ['line', Math.max(width, height)],
  ] as const
  return (
    <div class="folded">
      {sides.map(([name, max]) => (
        <NumberField
          key={name}
          title={text(name)}
          value={rules[name]}
          min={1}
          max={max}
          typedMax={sideMax}
          onType={(value) => onChange({ [name]: value })}
        />
      ))}
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
    </div>
  )
}
