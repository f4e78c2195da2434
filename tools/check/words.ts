/**
 * Words that this project does not use, and what to say instead. `node tools/check/words.ts [PATH…]` lists where they are;
 * PATH is a folder or a file.
 */
import { listFiles, readText } from './tree.ts'

export interface Unwanted {
  readonly pattern: RegExp
  readonly say: string
}

/** Correct uses of "behind": to lag, and a proxy or router in front. */
const behindInSpace =
  /\b(?:is|are|be|been|being|was|were|falls?|fell|far|lags?|left|stays?|ms|seconds|entries|not)\s+behind\b|\bbehind\s+(?:\w+\s+){0,2}(?:prox(?:y|ies)|routers?|address|NAT|firewall|load balancers?)\b/g

/** Members of messages and headers of files, which stay. */
const names = /\bbehind\??:|\.behind\b|['"`]behind\??['"`]/g

export const unwanted: readonly Unwanted[] = [
  { pattern: /\bbehind\b/i, say: 'after, in, or name the relation' },
  { pattern: /\bwhoever\b/i, say: 'the client that, a player who: name them' },
  { pattern: /\b(?:goes|go|went|going) on\b/i, say: 'continues' },
  { pattern: /\bfor ever\b/i, say: 'forever, never changes' },
  { pattern: /\banew\b/i, say: 'again, from the beginning' },
  { pattern: /\bmend(?:s|ed|ing)?\b/i, say: 'fix' },
  { pattern: /\b(?:dear|dearer)\b/i, say: 'costly, expensive' },
  { pattern: /\bin vain\b/i, say: 'without success, failed' },
  { pattern: /\b(?:be|been|was|is) had\b/i, say: 'is not available, is in use' },
  { pattern: /\bdoors?\b/i, say: 'protocol' },
  { pattern: /\b(?:hears?|heard|hearing) of\b/i, say: 'watches, receives, is notified of' },
  { pattern: /\b(?:tells?|told|telling) of\b/i, say: 'reports, notifies of' },
  { pattern: /\bwhom\b/i, say: 'turn the sentence round' },
  { pattern: /\b(?:knocks?|knocking)\b/i, say: 'connects' },
]

/** Files in which any word may occur: data, other languages, and this list. */
const excepted =
  /^(?:package-lock\.json|tools\/check\/words(?:\.test)?\.ts|spec\/transcripts\/|src\/web\/language\/(?:de|ar)\.ts)/

export interface UnwantedWord {
  readonly path: string
  readonly line: number
  readonly word: string
  readonly say: string
}

export function findUnwanted(path: string, text: string): readonly UnwantedWord[] {
  if (excepted.test(path)) return []
  return text.split('\n').flatMap((line, index) => {
    const said = line.replace(behindInSpace, '').replace(names, '')
    return unwanted.flatMap(({ pattern, say }) => {
      const word = pattern.exec(said)?.[0]
      return word === undefined ? [] : [{ path, line: index + 1, word, say }]
    })
  })
}

if (import.meta.main) {
  const wanted = process.argv.slice(2)
  const paths = listFiles().filter(
    (path) =>
      /\.(?:ts|tsx|js|cjs|md|py|sh|c|go|java)$/.test(path) &&
      (wanted.length === 0 || wanted.some((each) => path === each || path.startsWith(`${each}/`))),
  )
  const found = paths.flatMap((path) => findUnwanted(path, readText(path)))
  for (const { path, line, word, say } of found) console.log(`${path}:${line}: "${word}": ${say}`)
  console.log(`${found.length} found`)
}
