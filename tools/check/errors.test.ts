/** What the documents say of the errors of a method is what a server answers in the transcripts. */
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { anyErrors, type ErrorName, methodErrors, type MethodName, methodNames } from '../../src/protocol/index.ts'
import { readText } from './tree.ts'

test('every error in a transcript is one that its method is said to have', () => {
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
      const told: readonly ErrorName[] = [...anyErrors, ...methodErrors[origin]]
      assert.ok(told.includes(name), `${file}: ${origin} answers ${name}`)
    }
  }
})
