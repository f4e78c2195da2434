/** Asks for a name before others see it for the first time. */
import { useSignal } from '@preact/signals'
import { text } from '../language/more.ts'
import { server } from '../state/server.ts'
import { ui } from '../state/ui.ts'
import { closeDialog, Modal } from './modal.tsx'
import { NameField } from './name-field.tsx'
import { takeName } from './take-name.ts'

export function NameDialog({ go }: { readonly go: () => void }) {
  // Subscribes to the connection, to render again when the server has sent the guest's name.
  void ui.connection.value
  const typed = useSignal<string | null>(null)
  const name = typed.value ?? server().account?.name ?? ''
  return (
    <Modal
      title={text('nameTitle')}
      submit={text('goOn')}
      onSubmit={() =>
        void takeName(name).then((isTaken) => {
          if (!isTaken) return
          closeDialog()
          go()
        })
      }
    >
      <NameField
        value={name}
        onType={(value) => (typed.value = value)}
        isRequired
        about={`${text('nameAbout')} ${text('nameLater')}`}
      />
    </Modal>
  )
}
