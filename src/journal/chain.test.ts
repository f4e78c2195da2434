import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import fc from 'fast-check'
import { chainStart, type ChainLink, makeChain, nextChain, verifyEntries } from './chain.ts'
import { sha256Chain } from '../base/node/index.ts'

const hostChain = makeChain((message) => hash('sha256', message, 'buffer'))

/** The chained entries of one game. */
function link(bodies: readonly string[]): ChainLink[] {
  const links: ChainLink[] = []
  for (const [index, body] of bodies.entries()) {
    links.push({ version: index + 1, body, chain: nextChain(links.at(-1)?.chain ?? chainStart, index + 1, body) })
  }
  return links
}

test('[J6] every SHA-256 implementation yields the chains in spec/journal/chain.json', async () => {
  const file = new URL('../../spec/journal/chain.json', import.meta.url)
  const vectors = JSON.parse(await readFile(file, 'utf8')) as {
    previous: string
    version: number
    body: string
    chain: string
  }[]
  assert.ok(vectors.length > 0)
  for (const { previous, version, body, chain } of vectors) {
    assert.equal(nextChain(previous, version, body), chain)
    assert.equal(hostChain(previous, version, body), chain)
    assert.equal(sha256Chain(previous, version, body), chain)
  }
})

const bodies = fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 8 })

test('[J6] an undamaged game verifies from its start and from any entry', () => {
  fc.assert(
    fc.property(bodies, fc.nat(), (given, seed) => {
      const links = link(given)
      const cut = seed % links.length
      assert.equal(verifyEntries(links), null)
      assert.equal(verifyEntries(links.slice(cut + 1), links[cut]), null)
    }),
    { seed: 6 },
  )
})

test('[J6] verification returns the first entry that was changed, dropped or swapped', () => {
  fc.assert(
    fc.property(bodies, fc.nat(), fc.constantFrom('body', 'chain', 'drop', 'swap'), (given, seed, harm) => {
      const links = link(given)
      const index = seed % links.length
      const victim = links[index]
      const next = links[index + 1]
      if (victim === undefined) return
      if (harm === 'body') links[index] = { ...victim, body: `${victim.body}!` }
      else if (harm === 'chain') links[index] = { ...victim, chain: nextChain(victim.chain, 1, '') }
      else if (next === undefined) return
      else if (harm === 'drop') links.splice(index, 1)
      else links.splice(index, 2, next, victim)
      assert.equal(verifyEntries(links), index + 1)
    }),
    { seed: 7 },
  )
})
