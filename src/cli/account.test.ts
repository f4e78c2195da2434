import assert from 'node:assert/strict'
import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { openAccount } from './account.ts'
import { openScratch } from './testing/scratch.ts'

const server = 'http://localhost:1952'

test('a terminal that is started again is who it was', () => {
  using scratch = openScratch()
  const { folder } = scratch
  const first = openAccount(server, { folder })
  assert.equal(first.token, null)
  first.keep('a token')
  first.close()
  assert.equal(openAccount(server, { folder }).token, 'a token')
  assert.equal(openAccount('http://localhost:1953', { folder }).token, null)
})

test('a terminal beside another one is somebody else, and stays so', () => {
  using scratch = openScratch()
  const { folder } = scratch
  const first = openAccount(server, { folder })
  first.keep('first')
  const second = openAccount(server, { folder })
  assert.equal(second.token, null)
  second.keep('second')
  second.close()
  assert.equal(openAccount(server, { folder }).token, 'second')
})

test('a terminal that was killed does not keep its account from the next', () => {
  using scratch = openScratch()
  const { folder } = scratch
  openAccount(server, { folder }).keep('first')
  const pids = readdirSync(folder).filter((name) => name.endsWith('.pid'))
  assert.equal(pids.length, 1)
  // No process has this number: it is above what any kernel gives out.
  for (const pid of pids) writeFileSync(scratch.path(pid), '99999999\n')
  assert.equal(openAccount(server, { folder }).token, 'first')
})

test('tokens are for their owner only, and names keep to the folder', () => {
  using scratch = openScratch()
  const { folder } = scratch
  openAccount(server, { folder, name: '../é/x' }).keep('token')
  for (const name of readdirSync(folder)) assert.equal(statSync(scratch.path(name)).mode & 0o777, 0o600, name)
  assert.equal(readdirSync(folder).length, 2)
})
