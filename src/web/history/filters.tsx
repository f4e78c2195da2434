/** Three lists to choose from: opponent, rules, result. The texts of the rows come from the newest game of each group. */
import type { TextKey } from '../language/catalogue.ts'
import { text } from '../language/more.ts'
import { nameOfAccount, titleOfRules } from '../words.ts'
import { type Played, results } from './figures.ts'
import { examplesOf, filter, type Filter, keys, type Trait } from './filter.ts'

interface Option {
  readonly value: string
  readonly label: string
}

export function Filters({ games }: { readonly games: readonly Played[] }) {
  if (games.length === 0) return null
  const opponents = examplesOf(games, 'opponent').map((game) => ({
    value: keys.opponent(game),
    label: nameOfAccount(game.opponent),
  }))
  const rules = examplesOf(games, 'rules').map((game) => ({
    value: keys.rules(game),
    label: titleOfRules(game.summary.rules),
  }))
  const outcomes = results.map((result) => ({ value: result, label: text(`result_${result}`) }))
  return (
    <div class="head">
      <Choice trait="opponent" title="opponent" options={opponents} />
      <Choice trait="rules" title="rules" options={rules} />
      <Choice trait="result" title="resultTitle" options={outcomes} />
    </div>
  )
}

interface ChoiceProps {
  readonly trait: Trait
  readonly title: TextKey
  readonly options: readonly Option[]
}

function Choice({ trait, title, options }: ChoiceProps) {
  return (
    <label class="field">
      <span>{text(title)}</span>
      <select
        value={filter.value[trait]}
        onChange={({ currentTarget: { value } }) => (filter.value = { ...filter.value, [trait]: value } as Filter)}
      >
        <option value="">{text('allRules')}</option>
        {options.map(({ value, label }) => (
          <option key={value} value={value} translate={false}>
            {label}
          </option>
        ))}
      </select>
    </label>
  )
}
