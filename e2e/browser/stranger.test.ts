/** A server that is opened under a host name that it was not configured with. */
import { test } from 'node:test'
import { openBrowserServer } from './test-server.ts'
import { Visitor } from './visitor.ts'

test('[B30] a page under an unconfigured host name says so, and names the missing flag', async () => {
  const server = await openBrowserServer()
  const url = server.url.replace('127.0.0.1', 'oxo.example')
  await using visitor = await Visitor.open(url)
  await visitor.goto('/games/main')
  await visitor.reads('The server does not know its name')
  await visitor.reads(`its operator has to start it with --allow-origin ${url}.`)
})
