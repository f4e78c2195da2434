/** The settings: name, language, colours, boards, sound and notifications. */
import { useSignal } from '@preact/signals'
import { useEffect, useState } from 'preact/hooks'
import { askToNotify, canNotify } from '../alerts/notifications.ts'
import { canSubscribe, findPushKey, syncPush } from '../alerts/push.ts'
import { type LanguageName, languages, languageTitles } from '../language/names.ts'
import { text } from '../language/more.ts'
import { speak } from '../language/text.ts'
import { readBoardSettings } from '../options/settings.ts'
import { type Preferences, themes } from '../state/preferences.ts'
import { isKept } from '../state/storage.ts'
import { choose, ui } from '../state/ui.ts'
import { BoardFields, chooseBoard } from './board-fields.tsx'
import { closeDialog, Modal } from './modal.tsx'
import { NameField } from './name-field.tsx'
import { takeName } from './take-name.ts'
import { Tick } from './tick.tsx'
import { Select } from '../shell/select.tsx'

export function SettingsDialog() {
  const [before] = useState(ui.settings.value)
  const draft = useSignal<Preferences>(before)
  const change = (some: Partial<Preferences>): void => void (draft.value = { ...draft.value, ...some })
  return (
    <Modal title={text('settings')} submit={text('save')} onSubmit={() => void apply(before, draft.value)}>
      <NameField
        value={draft.value.name ?? ''}
        isRequired={before.name !== null}
        about={text('nameAbout')}
        onType={(name) => change({ name: name === '' ? null : name })}
      />
      <Select<LanguageName | 'auto'>
        title={text('language')}
        options={[
          { value: 'auto', title: text('languageAuto') },
          ...languages.map((language) => ({ value: language, title: languageTitles[language], lang: language })),
        ]}
        value={draft.value.language ?? 'auto'}
        onChoose={(chosen) => change({ language: chosen === 'auto' ? null : chosen })}
      />
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
      <BoardFields
        value={readBoardSettings(draft.value.board)}
        onChange={(some) => change({ board: { ...readBoardSettings(draft.value.board), ...some } })}
      />
      <Alerts preferences={draft.value} change={change} />
      {!isKept('settings') && <p class="quiet">{text('keptSettings')}</p>}
    </Modal>
  )
}

interface AlertsProps {
  readonly preferences: Preferences
  readonly change: (some: Partial<Preferences>) => void
}

/** How the visitor learns what others did. The browser asks for its permission when notifications are switched on. */
function Alerts({ preferences: { sound, notifications, push }, change }: AlertsProps) {
  const isRefused = useSignal(false)
  const switchNotifications = async (wanted: boolean): Promise<void> => {
    const isAllowed = wanted && (await askToNotify())
    isRefused.value = wanted && !isAllowed
    // Nothing comes to a closed page that would not come to a hidden one.
    change({ notifications: isAllowed, ...(isAllowed ? {} : { push: false }) })
  }
  return (
    <fieldset>
      <legend>{text('alerts')}</legend>
      <Tick title={text('sound')} isOn={sound} onTick={(isOn) => change({ sound: isOn })} />
      <Tick
        title={text('notifications')}
        isOn={notifications}
        isDisabled={!canNotify()}
        onTick={(isOn) => void switchNotifications(isOn)}
      />
      <PushTick isOn={push} change={change} />
      {!canNotify() && <p class="quiet">{text('notificationsImpossible')}</p>}
      {isRefused.value && <p role="alert">{text('notificationsRefused')}</p>}
    </fieldset>
  )
}

/** Absent if the browser cannot take messages for a closed page; without effect until the server says that it can send. */
function PushTick({ isOn, change }: { readonly isOn: boolean; readonly change: AlertsProps['change'] }) {
  const key = useSignal<string | null>(null)
  const isRefused = useSignal(false)
  useEffect(() => {
    findPushKey().then(
      (found) => void (key.value = found),
      () => {},
    )
  }, [])
  const switchPush = async (wanted: boolean, used: string): Promise<void> => {
    const isAllowed = wanted && (await askToNotify()) && (await canSubscribe(used))
    isRefused.value = wanted && !isAllowed
    change(isAllowed ? { push: true, notifications: true } : { push: false })
  }
  const { value: used } = key
  if (!canNotify() || !('PushManager' in globalThis)) return null
  return (
    <>
      <Tick
        title={text('push')}
        isOn={isOn}
        isDisabled={used === null}
        onTick={(wanted) => used !== null && void switchPush(wanted, used)}
      />
      {isRefused.value && <p role="alert">{text('pushRefused')}</p>}
    </>
  )
}

/** Applies the changed settings at once, except for the name, which the server may refuse. */
async function apply(
  before: Preferences,
  { name, language, theme, board, sound, notifications, push }: Preferences,
): Promise<void> {
  const isTold = !isKept('settings')
  if (language !== before.language) choose({ language })
  if (theme !== before.theme) choose({ theme })
  chooseBoard(readBoardSettings(before.board), readBoardSettings(board))
  if (sound !== before.sound) choose({ sound })
  if (notifications !== before.notifications) choose({ notifications })
  if (push !== before.push) choose({ push })
  await speak(ui.settings.value.language)
  if (push || before.push) void syncPush()
  const isTaken = name === null || name === before.name || (await takeName(name))
  // Keep the dialog open if it has just begun to show that the settings cannot be stored.
  if (isTaken && (isTold || isKept('settings'))) closeDialog()
}
