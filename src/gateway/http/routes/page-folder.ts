/** A folder of built pages, read once at the start. Only the files found then are served, whatever the address. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { getMimeType } from 'hono/utils/mime'
import { type Inline, makePolicy } from '../requests/security-headers.ts'

/** The content codings of compressed copies, the smallest first, and their file extensions. */
export const codings = { br: '.br', gzip: '.gz' } as const
export type Coding = keyof typeof codings

export interface PageFile {
  readonly type: string
  /** The entity tag, the same for all codings of the content. */
  readonly tag: string
  readonly content: Bytes
  readonly coded: Readonly<Partial<Record<Coding, Bytes>>>
  /** The content security policy; null for the default policy. */
  readonly policy: string | null
}

type Bytes = Uint8Array<ArrayBuffer>

/** The files by address, such as `/assets/app-1a2b.js`. */
export type PageFolder = ReadonlyMap<string, PageFile>

/** The file that shows every page. */
export const indexAddress = '/index.html'

/** The file that shows a game in a frame of another site. */
export const embedAddress = '/embed.html'

/** @throws Error with a sentence if the folder has no pages, or more than `bytesMax`. */
export function readPages(folder: string, bytesMax: number): PageFolder {
  const files = new Map<string, Bytes>()
  if (statSync(join(folder, indexAddress), { throwIfNoEntry: false })?.isFile() !== true)
    throw new Error(`there are no pages in ${folder}: name a folder with an index.html`)
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

/** Yields the addresses of regular files only: dotfiles and symbolic links are never served. */
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

/** The hashes of the inline scripts and styles of the page, for its policy: no other inline code may run. */
function findInline(html: string): Inline {
  const hashesOf = (element: RegExp): readonly string[] =>
    [...html.matchAll(element)].map(([, text = '']) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`)
  return {
    scripts: hashesOf(/<script(?![^>]*\ssrc\b)[^>]*>([^]*?)<\/script>/gi),
    styles: hashesOf(/<style[^>]*>([^]*?)<\/style>/gi),
  }
}
