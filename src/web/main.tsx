/** The entry point of the page. */
import { effect } from '@preact/signals'
import { render } from 'preact'
import { systemClock, within } from '../base/index.ts'
import { App } from './app.tsx'
import { followDevice } from './state/device.ts'
import { needsOptions } from './game/game-board.tsx'
import { localWish } from './local/table.ts'
import { BoardOptions } from './shell/lazy-parts.ts'
import { colourBrowser } from './shell/theme-color.ts'
import { keepTitle } from './shell/title.ts'
import { keepPage } from './shell/service-worker.ts'
import { speak } from './language/text.ts'
import { follow } from './state/navigation.ts'
import { server } from './state/server.ts'
import { ui } from './state/ui.ts'
import { gamesWithUnanswered } from './state/unsent.ts'

/** How long the first page waits for the texts of its language and for the chosen look of the board, in ms. */
const choiceWaitMs = 3_000

follow()
followDevice()
keepTitle()
effect(() => {
  const { theme } = ui.settings.value
  document.documentElement.dataset['theme'] = theme
  colourBrowser(theme)
})
const root = document.getElementById('app')
const show = (): void => {
  if (root !== null) render(<App />, root)
}
const { language, board } = ui.settings.peek()
const isDressed = board || (ui.route.peek().page === 'home' && needsOptions(localWish.peek().rules))
// Do not show English first, or a board that changes, but show the page if the texts do not load.
within(systemClock, choiceWaitMs, Promise.all([speak(language), isDressed && BoardOptions.ask()])).then(show, show)
keepPage()
import('./translated.ts').then(
  ({ keepTexts }) => keepTexts(),
  () => {},
)
effect(() => {
  if (!ui.isKnown.value) return
  // If it does not load, only the hint at waiting games is missing.
  import('./lobby/own-games.ts').then(
    ({ followOwnGames }) => followOwnGames(),
    () => {},
  )
})
// Connect while the parts of the page that need the server are loading.
if (ui.route.value.page === 'game' || ui.route.value.page === 'lobby') server()
if (gamesWithUnanswered().length > 0) {
  // If it does not load, the next opened page delivers the commands.
  import('./state/shared-handles.ts').then(
    ({ deliver }) => deliver(),
    () => {},
  )
}
