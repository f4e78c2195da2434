/** The invitation to a game with a free seat: a link to copy, share or scan. */
import { useSignal } from '@preact/signals'
import { encode } from 'uqr'
import { text } from '../language/more.ts'

/** Whether the page was opened under a loopback name: on a friend's device, such a link leads to that device. */
const isLoopback = /(?:^|\.)localhost$|^127\.|^\[::1\]$/.test(location.hostname)

export function Invitation({ game }: { readonly game: string }) {
  const link = `${location.origin}/games/${game}`
  return (
    <section class="invitation" aria-labelledby="invitation">
      <h2 id="invitation">{text('inviteTitle')}</h2>
      <p class="quiet">{text('inviteAbout')}</p>
      <Sharing link={link} words={text('inviteText')} />
      <Code link={link} />
      {isLoopback && <p class="quiet">{text('inviteLoopback')}</p>}
      <input class="link" readOnly aria-label={text('inviteLink')} value={link} dir="ltr" onFocus={selectAll} />
    </section>
  )
}

/** Buttons to copy, and to share if the device can. */
interface SharingProps {
  readonly link: string
  /** The text that the device's share dialog sends with the link. */
  readonly words: string
  /** The text to copy instead of the link. */
  readonly result?: string
}

export function Sharing({ link, words, result }: SharingProps) {
  const isCopied = useSignal(false)
  return (
    <div class="buttons">
      <button
        type="button"
        class="button"
        onClick={() => void copy(result ?? link).then((isDone) => (isCopied.value = isDone))}
      >
        {text(isCopied.value ? 'copied' : result === undefined ? 'copy' : 'copyResult')}
      </button>
      {'share' in navigator && (
        <button type="button" class="button" onClick={() => void share(link, words)}>
          {text('share')}
        </button>
      )}
    </div>
  )
}

/** Copies a text. Pages without TLS have no clipboard API and use the browser's copy command. */
async function copy(words: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(words)
    return true
  } catch {
    return copyByCommand(words)
  }
}

function copyByCommand(words: string): boolean {
  const fill = (event: ClipboardEvent): void => {
    event.preventDefault()
    event.clipboardData?.setData('text/plain', words)
  }
  document.addEventListener('copy', fill)
  const isCopied = document.execCommand('copy')
  document.removeEventListener('copy', fill)
  return isCopied
}

async function share(url: string, words: string): Promise<void> {
  try {
    await navigator.share({ text: words, url })
  } catch {
    // The user closed the device's share dialog.
  }
}

function selectAll({ currentTarget }: { readonly currentTarget: HTMLInputElement }): void {
  currentTarget.select()
}

function Code({ link }: { readonly link: string }) {
  const { data, size } = encode(link, { border: 2 })
  const path = data.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : ''))).join('')
  return (
    <svg class="code" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={text('inviteCode')}>
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" shape-rendering="crispEdges" />
    </svg>
  )
}
