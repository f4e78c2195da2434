/** Where the page begins. */
import { effect } from '@preact/signals'
import { render } from 'preact'
import { App } from './app.tsx'
import { followDevice } from './device.ts'
import { followVisits } from './game/visit.ts'
import { keepPage } from './keep.ts'
import { speak } from './language/text.ts'
import { deliver } from './looked-at.ts'
import { follow } from './navigation.ts'
import { ui } from './ui.ts'

follow()
followDevice()
followVisits()
deliver()
effect(() => {
  const { theme } = ui.settings.value
  document.documentElement.dataset['theme'] = theme
})
void speak(ui.settings.value.language)
const root = document.getElementById('app')
if (root !== null) render(<App />, root)
keepPage()
