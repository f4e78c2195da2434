/** A push service in memory, and people with a device. */
import { MemorySubscriptionStore } from '../push/memory-subscription-store.ts'
import type { PushParts } from '../push/push.ts'
import type { Delivery, PushNote, PushSender, PushSubscription } from '../push/push-sender.ts'
import type { SubscriptionStore } from '../push/subscription-store.ts'
import type { Person } from './play.ts'
import { makeSubscription } from './subscription-store-contract.ts'

/** Any point: nothing is encrypted here. */
const key = `B${'k'.repeat(86)}`

export class StubPushSender implements PushSender {
  readonly key = key
  readonly sent: { readonly device: string; readonly note: PushNote }[] = []
  answer: (to: PushSubscription) => Promise<Delivery> = () => Promise.resolve('sent')

  accepts(endpoint: string): boolean {
    return endpoint.startsWith('https://push.example/')
  }

  async send(to: PushSubscription, note: PushNote): Promise<Delivery> {
    this.sent.push({ device: deviceOf(to), note })
    return this.answer(to)
  }

  /** What was sent since the last call: device, kind and game. */
  take(): readonly string[] {
    return this.sent.splice(0).map(({ device, note }) => `${device}: ${note.kind} ${note.game}`)
  }
}

export function makePushParts(store: SubscriptionStore = new MemorySubscriptionStore()): PushParts & {
  readonly sender: StubPushSender
} {
  return { store, sender: new StubPushSender() }
}

export const makeDevice = (name: string): PushSubscription => ({ ...makeSubscription(name), key })

/** Says hello and subscribes a device of this name. Returns the token. */
export async function arrive(person: Person, name: string): Promise<string> {
  const { token } = await person.ask('hello', {})
  await person.ask('push.subscribe', makeDevice(name))
  return token
}

function deviceOf({ endpoint }: PushSubscription): string {
  return endpoint.slice('https://push.example/'.length)
}
