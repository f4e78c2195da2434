/** Name, language, colours. */
import { useSignal } from '@preact/signals'
import { takeName } from '../actions.ts'
import { languages, languageTitles } from '../language/names.ts'
import { text } from '../language/more.ts'
import { speak } from '../language/text.ts'
import { type Settings, themes, writeSettings } from '../settings.ts'
import { ui } from '../ui.ts'
import { closeDialog, Modal } from './modal.tsx'
import { NameField } from './name-field.tsx'

export function SettingsDialog() {
  const before = ui.settings.value
  const draft = useSignal<Settings>(before)
  const change = (some: Partial<Settings>): void => void (draft.value = { ...draft.value, ...some })
  return (
    <Modal title={text('settings')} submit={text('save')} onSubmit={() => void apply(draft.value)}>
      <NameField
        value={draft.value.name ?? ''}
        isRequired={before.name !== null}
        onType={(name) => change({ name: name === '' ? null : name })}
      />
      <label class="field">
        <span>{text('language')}</span>
        <select
          value={draft.value.language ?? 'auto'}
          onChange={({ currentTarget: { value } }) =>
            change({ language: languages.find((language) => language === value) ?? null })
          }
        >
          <option value="auto">{text('languageAuto')}</option>
          {languages.map((language) => (
            <option key={language} value={language} lang={language}>
              {languageTitles[language]}
            </option>
          ))}
        </select>
      </label>
      <fieldset>
        <legend>{text('theme')}</legend>
        <div class="choices">
          {themes.map((theme) => (
            <label key={theme} class="choice">
              <input
                type="radio"
                name="theme"
                checked={draft.value.theme === theme}
                onChange={() => change({ theme })}
              />
              {text(`theme_${theme}`)}
            </label>
          ))}
        </div>
      </fieldset>
    </Modal>
  )
}

/** The name is the server's to judge; the rest is done at once. */
async function apply({ name, language, theme }: Settings): Promise<void> {
  const known = ui.settings.value
  ui.settings.value = { ...known, language, theme }
  writeSettings(ui.settings.value)
  await speak(language)
  const isTaken = name === null || name === known.name || (await takeName(name))
  if (isTaken) closeDialog()
}
