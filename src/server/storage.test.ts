import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, readdirSync, renameSync, symlinkSync } from 'node:fs'
import { test } from 'node:test'
import { silentLog } from '../base/index.ts'
import { settingsDefaults } from './settings.ts'
import { openStorage } from './storage.ts'
import { openScratch } from './testing/scratch.ts'

async function keysAt(file: string): Promise<readonly string[]> {
  const { journal, catalog, keys } = await openStorage({
    ...settingsDefaults,
    journal: `sqlite:${file}`,
    log: silentLog,
  })
  if (typeof catalog !== 'function') await catalog.close()
  await journal.close()
  return keys.map(({ id }) => id)
}

test('[J17] a server started through a link uses the keys and the catalog of the real file', async () => {
  using scratch = openScratch()
  mkdirSync(scratch.path('data'))
  mkdirSync(scratch.path('links'))
  symlinkSync('../data/journal', scratch.path('links/journal'))
  const keys = await keysAt(scratch.path('links/journal'))
  assert.deepEqual(await keysAt(scratch.path('data/journal')), keys)
  assert.deepEqual(readdirSync(scratch.path('links')), ['journal'])
  assert.deepEqual(readdirSync(scratch.path('data')).toSorted(), [
    'journal',
    'journal.catalog',
    'journal.lock',
    'secret',
  ])
  // As older servers created it: every guest has a token signed with these keys.
  renameSync(scratch.path('data/secret'), scratch.path('links/secret'))
  assert.deepEqual(await keysAt(scratch.path('links/journal')), keys)
})

test('a server warns at its start if other users can read its keys', async () => {
  using scratch = openScratch()
  const file = scratch.path('journal')
  await keysAt(file)
  chmodSync(scratch.path('secret'), 0o640)
  const warned: string[] = []
  const log = { ...silentLog, warn: (_about: object, what: string) => void warned.push(what) }
  const { catalog, journal } = await openStorage({ ...settingsDefaults, journal: `sqlite:${file}`, log })
  if (typeof catalog !== 'function') await catalog.close()
  await journal.close()
  assert.match(warned.join(), /chmod 600/)
})
