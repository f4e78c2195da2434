/** Mounts file systems for a test, on Linux as root. */
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findProgram, sayWhatIsMissing } from '../../tools/check/programs.ts'

/** How long other programs may keep a loop device open after its file system was unmounted, in ms. */
const releaseMsMax = 10_000
const releasePollMs = 10

/** Says why a test that mounts file systems cannot run here. Null if it can. */
export function sayWhyNotMount(kind: 'tmpfs' | 'loop'): string | null {
  if (process.platform !== 'linux') return 'This test mounts file systems: run it on Linux.'
  if (process.getuid?.() !== 0) return 'This test mounts file systems: run it as root.'
  const missing = sayWhatIsMissing('mount', ...(kind === 'loop' ? (['mkfs.ext4'] as const) : []))
  if (missing !== null) return missing
  if (kind === 'loop' && !existsSync('/dev/loop-control')) return 'This test needs loop devices: run `modprobe loop`.'
  return null
}

/** A tmpfs folder of a given size. */
export class MemoryFolder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'oxo-memory-'))

  constructor(kibibytes: number) {
    run('mount', '-t', 'tmpfs', '-o', `size=${kibibytes}k`, 'oxo', this.path)
    // Unmounting below this folder then also reaches mount namespaces created meanwhile, as by `ip netns exec`.
    // Otherwise the loop device would stay open there, and a new mount of the same image would get it with stale
    // content.
    run('mount', '--make-shared', this.path)
  }

  /** Changes the size while the folder is in use. */
  resize(kibibytes: number): void {
    run('mount', '-o', `remount,size=${kibibytes}k`, this.path)
  }

  [Symbol.dispose](): void {
    run('umount', '--lazy', this.path)
    rmSync(this.path, { recursive: true })
  }
}

/** A mounted ext4 file system in an image file. */
export class Disk implements Disposable {
  readonly path: string
  readonly image: string

  private constructor(image: string, path: string) {
    this.image = image
    this.path = path
  }

  /** Mounts an existing image, as a machine does that starts with it. */
  static mount(image: string, path: string): Disk {
    mkdirSync(path, { recursive: true })
    run('mount', '-o', 'loop', image, path)
    return new Disk(image, path)
  }

  /** Creates and mounts a new file system, with its image in `folder`. */
  static make(folder: string, mebibytes: number): Disk {
    const image = join(folder, 'disk.img')
    writeFileSync(image, '')
    spawnOrThrow('truncate', ['--size', `${mebibytes}M`, image])
    spawnOrThrow(findProgram('mkfs.ext4'), ['-q', '-F', image])
    return Disk.mount(image, join(folder, 'disk'))
  }

  [Symbol.dispose](): void {
    run('umount', this.path)
    awaitRelease(this.image)
  }
}

/**
 * Waits until no loop device belongs to `image`. A program that lists the devices, such as another `mount`, keeps them for a
 * moment; a mount of the image meanwhile would get the same device, with the content that it had before.
 */
function awaitRelease(image: string): void {
  const late = performance.now() + releaseMsMax
  while (findLoopDevice(image) !== undefined) {
    if (performance.now() > late) throw new Error(`a loop device still uses ${image} after ${releaseMsMax} ms`)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, releasePollMs)
  }
}

/** The loop device of an image; undefined if it has none. */
export function findLoopDevice(image: string): string | undefined {
  const path = realpathSync(image)
  const name = readdirSync('/sys/block').find((device) => {
    try {
      return readFileSync(`/sys/block/${device}/loop/backing_file`, 'utf8').trim() === path
    } catch {
      // No loop device, or one without a file.
      return false
    }
  })
  return name === undefined ? undefined : `/dev/${name}`
}

function run(program: 'mount' | 'umount', ...args: readonly string[]): void {
  spawnOrThrow(program === 'mount' ? findProgram('mount') : program, args)
}

function spawnOrThrow(program: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr}`)
}
