/** The errors in the transcripts are among the documented errors of their methods. */
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { anyErrors, methodErrors, methodNames } from '../../src/protocol/schema/index.ts'
import type { ErrorName, MethodName } from '../../src/protocol/index.ts'
import { readText } from './tree.ts'

test('the method table lists every error that a transcript shows', () => {
  for (const file of readdirSync('spec/transcripts')) {
    const asked = new Map<string, MethodName>()
    for (const line of readText(`spec/transcripts/${file}`).split('\n')) {
      const [, who = '', way, json = ''] = /^(\w+) ([<>]) (\{"jsonrpc".*)$/.exec(line) ?? []
      const id = /"id":("[^"]*"|[\d.]+)/.exec(json)?.[1] ?? ''
      const method = methodNames.find((name) => json.includes(`"method":"${name}"`))
      if (way === '>' && method !== undefined) asked.set(`${who} ${id}`, method)
      const name = /"error":.*?"data":\{"name":"([a-z-]+)"/.exec(json)?.[1] as ErrorName | undefined
      const origin = asked.get(`${who} ${id}`)
      if (way !== '<' || name === undefined || origin === undefined) continue
      const documented: readonly ErrorName[] = [...anyErrors, ...methodErrors[origin]]
      assert.ok(documented.includes(name), `${file}: ${origin} answers ${name}`)
    }
  }
})
