/** A server that people come to by a name that nobody told it. */
import { test } from 'node:test'
import { openHouse } from './house.ts'
import { Visitor } from './visitor.ts'

test('[B30] a page under a name that its server was not told says so, and which flag is missing', async () => {
  const house = await openHouse()
  const url = house.url.replace('127.0.0.1', 'oxo.example')
  await using visitor = await Visitor.open(url)
  await visitor.goto('/games/main')
  await visitor.reads('The server was not told that it is called')
  await visitor.reads(`its host has to start it with --allow-origin ${url}.`)
})
