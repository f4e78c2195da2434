import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openClusterJournal } from './cluster-journal.ts'
import { type ServerSettings, settingsDefaults } from './settings.ts'

const url = 'nats://127.0.0.1:1'
const faults: readonly (readonly [Partial<ServerSettings>, RegExp])[] = [
  [{ journal: 'nats://' }, /^--journal is not an address of NATS servers/],
  [{ journal: url, natsCreds: 'absent' }, /^--nats-creds absent cannot be read \(ENOENT\)$/],
  [{ journal: url, natsTlsCa: 'absent' }, /^--nats-tls-ca absent cannot be read/],
  [{ journal: url, natsTlsCert: 'absent' }, /^--nats-tls-cert and --nats-tls-key belong together/],
]

for (const [settings, message] of faults)
  test(`a fault of the journal names the flag to change: ${message.source}`, async () => {
    await assert.rejects(openClusterJournal({ ...settingsDefaults, ...settings }), {
      name: 'JournalFault',
      fault: 'unavailable',
      message,
    })
  })
