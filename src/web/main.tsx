/** Where the page begins. */
import { effect } from '@preact/signals'
import { render } from 'preact'
import { App } from './app.tsx'
import { followDevice } from './device.ts'
import { keepPage } from './keep.ts'
import { speak } from './language/text.ts'
import { follow } from './navigation.ts'
import { server } from './server.ts'
import { ui } from './ui.ts'
import { gamesWithUnanswered } from './unanswered.ts'

follow()
followDevice()
effect(() => {
  const { theme } = ui.settings.value
  document.documentElement.dataset['theme'] = theme
})
void speak(ui.settings.value.language)
const root = document.getElementById('app')
if (root !== null) render(<App />, root)
keepPage()
import('./translated.ts').then(
  ({ keepTexts }) => keepTexts(),
  () => {},
)
// While the parts of the page that need it are loaded.
if (ui.route.value.page !== 'home') server()
if (gamesWithUnanswered().length > 0) {
  // Should it not load, the next page that is opened delivers.
  import('./looked-at.ts').then(
    ({ deliver }) => deliver(),
    () => {},
  )
}
