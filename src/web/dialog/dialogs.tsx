/** The open dialog, if any. */
import { ui } from '../state/ui.ts'
import { NameDialog } from './name.tsx'
import { NewGameDialog } from './new-game.tsx'
import { SettingsDialog } from './settings.tsx'

export function Dialogs() {
  const dialog = ui.dialog.value
  switch (dialog?.name) {
    case 'name':
      return <NameDialog go={dialog.go} />
    case 'new-game':
      return <NewGameDialog from={dialog.wish} />
    case 'settings':
      return <SettingsDialog />
    case undefined:
      return null
  }
}
