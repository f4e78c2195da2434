/** File systems of a test's own, for Linux and root. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findProgram, sayWhatIsMissing } from '../../tools/check/programs.ts'

/** Null, or why a test that mounts cannot run here. */
export function sayWhyNotMount(kind: 'tmpfs' | 'loop'): string | null {
  if (process.platform !== 'linux') return 'This test mounts file systems, on Linux only.'
  if (process.getuid?.() !== 0) return 'This test mounts file systems: run it as root.'
  const missing = sayWhatIsMissing('mount', ...(kind === 'loop' ? (['mkfs.ext4'] as const) : []))
  if (missing !== null) return missing
  if (kind === 'loop' && !existsSync('/dev/loop-control')) return 'This test needs loop devices: run `modprobe loop`.'
  return null
}

/** In memory, of a given size. */
export class MemoryFolder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'oxo-memory-'))

  constructor(kibibytes: number) {
    run('mount', '-t', 'tmpfs', '-o', `size=${kibibytes}k`, 'oxo', this.path)
    // What is mounted below then also goes in namespaces made meanwhile (`ip netns exec` makes one). There it would keep its
    // device, and who mounts the same image again is given that device with all that it remembers.
    run('mount', '--make-shared', this.path)
  }

  /** Makes it larger or smaller while it is in use. */
  resize(kibibytes: number): void {
    run('mount', '-o', `remount,size=${kibibytes}k`, this.path)
  }

  [Symbol.dispose](): void {
    run('umount', '--lazy', this.path)
    rmSync(this.path, { recursive: true })
  }
}

/** An ext4 in a file, mounted. */
export class Disk implements Disposable {
  readonly path: string
  readonly image: string

  private constructor(image: string, path: string) {
    this.image = image
    this.path = path
  }

  /** What a machine finds that starts with this image. */
  static mount(image: string, path: string): Disk {
    mkdirSync(path, { recursive: true })
    run('mount', '-o', 'loop', image, path)
    return new Disk(image, path)
  }

  /** A new one, with its image in `folder`. */
  static make(folder: string, mebibytes: number): Disk {
    const image = join(folder, 'disk.img')
    writeFileSync(image, '')
    spawnOrThrow('truncate', ['--size', `${mebibytes}M`, image])
    spawnOrThrow(findProgram('mkfs.ext4'), ['-q', '-F', image])
    return Disk.mount(image, join(folder, 'disk'))
  }

  [Symbol.dispose](): void {
    run('umount', this.path)
  }
}

function run(program: 'mount' | 'umount', ...args: readonly string[]): void {
  spawnOrThrow(program === 'mount' ? findProgram('mount') : program, args)
}

function spawnOrThrow(program: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr}`)
}
