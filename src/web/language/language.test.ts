import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ar } from './ar.ts'
import { de } from './de.ts'
import { enMore } from './en-more.ts'
import { en } from './en.ts'
import { chooseLanguage, directionOf, languages } from './names.ts'
import { fill } from './text.ts'

const english: Readonly<Record<string, string>> = { ...en, ...enMore }
const others: Readonly<Record<string, Readonly<Record<string, string>>>> = { de, ar }

function placeholders(sentence: string): readonly string[] {
  return [...sentence.matchAll(/\{\w+\}/g)].map(([name]) => name).toSorted()
}

test('[B13] every string is present in every language, with the same placeholders', () => {
  assert.deepEqual(Object.keys(others).concat('en').toSorted(), languages.toSorted())
  assert.equal(Object.keys(english).length, Object.keys(en).length + Object.keys(enMore).length)
  for (const [language, words] of Object.entries(others)) {
    assert.deepEqual(Object.keys(words).toSorted(), Object.keys(english).toSorted(), language)
    for (const [key, sentence] of Object.entries(english)) {
      assert.notEqual(words[key]?.trim(), '', `${language}: ${key}`)
      assert.deepEqual(placeholders(words[key] ?? ''), placeholders(sentence), `${language}: ${key}`)
    }
  }
})

test('no string is left in English', () => {
  // Names and formulas are the same in all languages.
  const alike =
    /^(?:oxo|player[XO]|gomoku|misere|wild|notakto|name|result|minutesSeconds|rulesSize|shareResult|saidBy|clusterStream|clusterServer|ageSeconds|ageMinutes)$/
  for (const [language, words] of Object.entries(others))
    for (const [key, sentence] of Object.entries(english))
      assert.ok(alike.test(key) || words[key] !== sentence, `${language}: ${key} is English`)
})

test('the first known language of the wanted ones is chosen', () => {
  assert.equal(chooseLanguage(['fr', 'de-AT', 'en']), 'de')
  assert.equal(chooseLanguage(['ar-EG']), 'ar')
  assert.equal(chooseLanguage(['tlh']), 'en')
  assert.equal(chooseLanguage([]), 'en')
  assert.deepEqual(languages.map(directionOf), ['ltr', 'ltr', 'rtl'])
})

test('a value is inserted unchanged, even if it looks like a placeholder', () => {
  assert.equal(fill('{name} won', { name: '{count}$&' }), '{count}$& won')
  assert.equal(fill('{missing}', {}), '{missing}')
})
