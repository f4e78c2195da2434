/** Where the page begins. */
import { render } from 'preact'
import { App } from './app.tsx'
import { speak } from './language/text.ts'
import { follow } from './navigation.ts'
import { ui } from './ui.ts'

follow()
void speak(ui.settings.value.language)
const root = document.getElementById('app')
if (root !== null) render(<App />, root)
