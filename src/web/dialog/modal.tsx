/** A dialog over the page: the browser's own, which keeps the focus and closes with Escape. */
import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { text } from '../language/more.ts'
import { ui, warn } from '../state/ui.ts'

interface ModalProps {
  readonly title: string
  readonly children: ComponentChildren
  /** The label of the submit button. */
  readonly submit: string
  readonly onSubmit: () => void
}

export function closeDialog(): void {
  ui.dialog.value = null
}

export function Modal({ title, children, submit, onSubmit }: ModalProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => {
    // Clear an older notice of the page: a screen reader would read it again when the dialog closes.
    warn(null)
    dialog.current?.showModal()
  }, [])
  return (
    <dialog
      ref={dialog}
      aria-labelledby="dialog-title"
      onClose={closeDialog}
      onClick={({ target }) => target === dialog.current && closeDialog()}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          onSubmit()
        }}
      >
        <h2 id="dialog-title">{title}</h2>
        {children}
        <div class="buttons end">
          <button type="button" class="button plain" onClick={closeDialog}>
            {text('cancel')}
          </button>
          <button type="submit" class="button primary">
            {submit}
          </button>
        </div>
      </form>
    </dialog>
  )
}
