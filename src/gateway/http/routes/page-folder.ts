/** A folder of built pages, read once: what is not in it then cannot be asked for, whatever an address says. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { getMimeType } from 'hono/utils/mime'
import { type Inline, makePolicy } from '../server/security-headers.ts'

/** The codings a file can be kept in, the smallest first, and how its copy's name ends. */
export const codings = { br: '.br', gzip: '.gz' } as const
export type Coding = keyof typeof codings

export interface PageFile {
  readonly type: string
  /** Says what is in it, in whichever coding. */
  readonly tag: string
  readonly content: Bytes
  readonly coded: Readonly<Partial<Record<Coding, Bytes>>>
  /** Null: that of every answer. */
  readonly policy: string | null
}

type Bytes = Uint8Array<ArrayBuffer>

/** By address, like `/assets/app-1a2b.js`. */
export type PageFolder = ReadonlyMap<string, PageFile>

/** The file that is every page. */
export const indexAddress = '/index.html'

/** @throws Error with a sentence, when there are no pages in the folder, or it holds more than `bytesMax`. */
export function readPages(folder: string, bytesMax: number): PageFolder {
  const files = new Map<string, Bytes>()
  if (statSync(join(folder, indexAddress), { throwIfNoEntry: false })?.isFile() !== true)
    throw new Error(`there are no pages in ${folder}: it has no index.html`)
  let bytes = 0
  for (const address of listAddresses(folder, '/')) {
    const content = readFileSync(join(folder, address))
    bytes += content.length
    if (bytes > bytesMax) throw new Error(`the pages in ${folder} are larger than ${bytesMax} bytes`)
    files.set(address, content)
  }
  return new Map(
    [...files].filter(([address]) => !isCopy(address, files)).map(([address]) => [address, makeFile(address, files)]),
  )
}

/** Of every plain file; what is hidden, or lies elsewhere behind a link, is not for everybody. */
function* listAddresses(folder: string, prefix: string): Generator<string> {
  for (const entry of readdirSync(join(folder, prefix), { withFileTypes: true })) {
    if (entry.name.startsWith('.')) continue
    const address = `${prefix}${entry.name}`
    if (entry.isDirectory()) yield* listAddresses(folder, `${address}/`)
    else if (entry.isFile()) yield address
  }
}

function isCopy(address: string, files: ReadonlyMap<string, Bytes>): boolean {
  return Object.values(codings).some((end) => address.endsWith(end) && files.has(address.slice(0, -end.length)))
}

function makeFile(address: string, files: ReadonlyMap<string, Bytes>): PageFile {
  const content = files.get(address) ?? new Uint8Array()
  const br = files.get(`${address}${codings.br}`)
  const gzip = files.get(`${address}${codings.gzip}`)
  return {
    type: getMimeType(address) ?? 'application/octet-stream',
    tag: `W/"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`,
    content,
    coded: { ...(br === undefined ? {} : { br }), ...(gzip === undefined ? {} : { gzip }) },
    policy: address === indexAddress ? makePolicy(findInline(Buffer.from(content).toString())) : null,
  }
}

/** The scripts and styles that the page was built with, each as the policy names it: what else turns up does not run. */
function findInline(html: string): Inline {
  const hashesOf = (element: RegExp): readonly string[] =>
    [...html.matchAll(element)].map(([, text = '']) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`)
  return {
    scripts: hashesOf(/<script(?![^>]*\ssrc\b)[^>]*>([^]*?)<\/script>/gi),
    styles: hashesOf(/<style[^>]*>([^]*?)<\/style>/gi),
  }
}
