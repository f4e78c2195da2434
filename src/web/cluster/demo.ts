/** The launcher of a demonstration, which owns the processes. The page knows it only if its address has the launcher's token. */
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { type DemoOrder, demoPath, type DemoState } from '../../protocol/demo.ts'
import { askJson, repeat } from './follow.ts'

const everyMs = 500

export interface Demo {
  /** Null without a demonstration. */
  readonly state: DemoState | null
  /** Whether there was a demonstration, and its launcher no longer answers. */
  readonly isSilent: boolean
  readonly order: (order: DemoOrder) => void
}

/** The token in the part of an address after `#`, which browsers send to no server; null if there is none. */
export function demoToken(hash: string): string | null {
  return /^#demo=([\w-]{22})$/.exec(hash)?.[1] ?? null
}

/** @param token null: without a demonstration, which asks nobody */
export function useDemo(token: string | null): Demo {
  const known = useSignal<Omit<Demo, 'order'>>({ state: null, isSilent: false })
  const headers = { Authorization: `Bearer ${token}` }
  const read = async (): Promise<void> => {
    const state = await askJson<DemoState>(demoPath, headers)
    known.value = { state: state ?? known.value.state, isSilent: state === null }
  }
  useEffect(() => (token === null ? undefined : repeat(everyMs, read)), [])
  const order = (wanted: DemoOrder): void => {
    const body = JSON.stringify(wanted)
    const options = { method: 'POST', headers: { ...headers, 'Content-Type': 'application/json' }, body }
    void fetch(demoPath, options).then(read, read)
  }
  return { ...known.value, order }
}
