import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openWithStub } from '../../testing/open.ts'
import { TestSocket } from '../../testing/socket.ts'

type Headers = Readonly<Record<string, string>>

const cases: readonly (readonly [title: string, headers: Headers, trusted: boolean, expected: RegExp, not?: RegExp])[] =
  [
    ['the requested name', { Host: 'localhost:1952' }, false, /curl http:\/\/localhost:1952\/games\/main[^]*/, /https/],
    ['the commands for nc with the same name', { Host: 'localhost:1952' }, false, /nc localhost 1952/],
    [
      'an IPv6 address as nc takes it',
      { Host: '[::1]:5106' },
      false,
      /nc ::1 5106[^]*oxo play http:\/\/\[::1\]:5106/,
      /nc \[/,
    ],
    [
      'an allowed origin under its name',
      { Host: 'oxo.example' },
      false,
      /oxo play https:\/\/oxo\.example /,
      /http:\/\//,
    ],
    [
      'the address that a trusted proxy names',
      {
        Host: '10.0.0.7:1952',
        'X-Forwarded-Proto': 'https',
        'X-Forwarded-Host': 'play.example:8443',
        'X-Forwarded-For': '192.0.2.1',
      },
      true,
      /curl https:\/\/play\.example:8443\/games\/main/,
      /nc |10\.0\.0\.7/,
    ],
    [
      'the scheme of a trusted proxy with the name asked for',
      { Host: 'play.example', 'X-Forwarded-Proto': 'https', 'X-Forwarded-For': '192.0.2.1' },
      true,
      /oxo play https:\/\/play\.example /,
      /http:\/\//,
    ],
    [
      'nothing from an untrusted proxy',
      { Host: 'localhost:1952', 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'evil.example' },
      false,
      /oxo play http:\/\/localhost:1952 /,
      /evil|https|nc /,
    ],
  ]

for (const [title, headers, isTrusted, expected, not] of cases)
  test(`[W42] a text page shows ${title}`, async (t) => {
    const { gateway } = await openWithStub(t, {
      trustedProxies: isTrusted ? ['127.0.0.1'] : [],
      allowedOrigins: ['https://oxo.example'],
    })
    const head = Object.entries({ ...headers, Connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`)
    const page = await TestSocket.to(gateway)
      .write(`GET / HTTP/1.1\r\n${head.join('')}\r\n`)
      .all()
    assert.match(page, expected)
    if (not !== undefined) assert.doesNotMatch(page.slice(page.indexOf('\r\n\r\n')), not)
  })

test('[W12] an unknown name is logged once, with the flag that allows it', async (t) => {
  const warned: object[] = []
  const log = { debug() {}, info() {}, warn: (fields: object) => void warned.push(fields), error() {} }
  const { gateway } = await openWithStub(t, { log })
  const act = async (host: string, origin?: string): Promise<string> => {
    const own = origin === undefined ? '' : `Origin: ${origin}\r\n`
    const head = `Host: ${host}\r\n${own}Content-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n`
    return TestSocket.to(gateway).write(`POST /games HTTP/1.1\r\n${head}\r\n{}`).all()
  }
  const refusal = await act('oxo.example', 'http://oxo.example')
  assert.match(refusal, /403[^]*its operator can allow it with --allow-origin http:\/\/oxo\.example"/)
  await act('oxo.example')
  await act('localhost', 'https://club.example')
  assert.deepEqual(warned, [
    { host: 'oxo.example', flag: '--allow-origin http://oxo.example' },
    { origin: 'https://club.example', flag: '--allow-origin https://club.example' },
  ])
  for (let index = 0; index < 200; index++) await act(`name-${index}.example`)
  assert.equal(warned.length, 100)
})
