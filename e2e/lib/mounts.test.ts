import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pass } from 'node:timers/promises'
import { leaveOut } from './left-out.ts'
import { Disk, findLoopDevice, MemoryFolder, sayWhyNotMount } from './mounts.ts'

const mebibytes = 8

const disturbances = {
  'a mount namespace was created while an earlier copy was mounted': namespaceOfMounts,
  'another program opened the loop device of an earlier copy': openDevice,
} as const satisfies Readonly<Record<string, (image: string) => Promise<AsyncDisposable>>>

for (const [disturbance, disturb] of Object.entries(disturbances))
  test(`a copied disk shows its own content, even if ${disturbance}`, async (t) => {
    if (leaveOut(t, sayWhyNotMount('loop'))) return
    using memory = new MemoryFolder(mebibytes * 4 * 1_024)
    using disk = Disk.make(memory.path, mebibytes)
    const copy = join(memory.path, 'copy.img')
    copyFileSync(disk.image, copy)
    const first = Disk.mount(copy, join(memory.path, 'copy'))
    await using _ = await disturb(copy)
    first[Symbol.dispose]()
    writeFileSync(join(disk.path, 'later'), '', { flush: true })
    copyFileSync(disk.image, copy)
    using second = Disk.mount(copy, join(memory.path, 'copy'))
    assert.ok(existsSync(join(second.path, 'later')))
  })

/** Keeps the device of an image open for a moment, as a program does that lists the loop devices. */
async function openDevice(image: string): Promise<AsyncDisposable> {
  const device = findLoopDevice(image)
  assert.ok(device !== undefined)
  const child = spawn('sh', ['-c', 'exec < "$0"; echo open; sleep 0.5', device], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  await once(child.stdout, 'data')
  return { [Symbol.asyncDispose]: async () => void (await ended) }
}

/** A mount namespace as `ip netns exec` creates it: it has all current mounts, and later unmounts reach it. */
async function namespaceOfMounts(): Promise<AsyncDisposable> {
  const child = spawn('unshare', ['--mount', '--propagation', 'slave', 'sleep', '60'], { stdio: 'ignore' })
  const ended = once(child, 'exit')
  const own = readlinkSync('/proc/self/ns/mnt')
  const exists = (): boolean => readlinkSync(`/proc/${child.pid}/ns/mnt`) !== own
  for (let tries = 0; !exists(); tries++) {
    assert.ok(tries < 200, 'no namespace within ten seconds')
    await pass(50)
  }
  return {
    async [Symbol.asyncDispose]() {
      child.kill()
      await ended
    },
  }
}
