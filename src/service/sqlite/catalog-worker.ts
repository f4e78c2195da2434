/**
 * The catalog's thread. On the first message it opens the file, or rebuilds it if it is unusable. Then it answers one
 * question at a time.
 */
import { constants, setPriority } from 'node:os'
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { assert } from '../../base/index.ts'
import { isCorrupt, isFull } from '../../base/node/index.ts'
import { CatalogFile, deleteFile, UnusableFile } from './catalog-file.ts'
import type { CatalogAnswer, Failed, CatalogOpening, CatalogQuestion } from './messages.ts'

function openFile(path: string): { readonly file: CatalogFile; readonly lost?: string } {
  try {
    return { file: new CatalogFile(path) }
  } catch (error) {
    if (!(error instanceof UnusableFile) && !isCorrupt(error)) throw error
    deleteFile(path)
    return { file: new CatalogFile(path), lost: messageOf(error) }
  }
}

function answer(file: CatalogFile, question: CatalogQuestion): CatalogAnswer {
  switch (question.type) {
    case 'mark':
      return { type: 'mark', mark: file.mark() }
    case 'put':
      file.put(question.rows, question.mark)
      return { type: 'done' }
    case 'clear':
      file.clear()
      return { type: 'done' }
    case 'clocked':
      return { type: 'games', summaries: file.clocked(question.after, question.limit) }
    case 'games':
      return { type: 'games', summaries: file.gamesOf(question) }
    case 'close':
      file.close()
      return { type: 'done' }
  }
}

function serve(loop: MessagePort, path: string): void {
  const send = (message: CatalogOpening | CatalogAnswer): void => loop.postMessage(message)
  let file: CatalogFile
  try {
    const opened = openFile(path)
    file = opened.file
    send(opened.lost === undefined ? { type: 'opened' } : { type: 'opened', lost: opened.lost })
  } catch (error) {
    send(failed(`the catalog ${path}`, error))
    return loop.close()
  }
  let damage: Failed | undefined
  loop.on('message', (question: CatalogQuestion) => {
    try {
      send(damage ?? answer(file, question))
    } catch (error) {
      const failure = failed('the catalog', error)
      // Only an opening may start with an empty file: until then every question is answered with the damage.
      if (isCorrupt(error)) {
        damage = { ...failure, isLost: true, message: `${failure.message}; it is rebuilt at the next start` }
        file.close()
        deleteFile(path)
      }
      send(damage ?? failure)
    }
    if (question.type === 'close') loop.close()
  })
}

/** Clients see the message once the server has started, so `what` names the file only while it is being opened. */
function failed(what: string, cause: unknown): Failed {
  const message = `${what} cannot be used: ${messageOf(cause)}`
  return { type: 'failed', fault: isFull(cause) ? 'storage-full' : 'unavailable', message, cause, isLost: false }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

assert(parentPort !== null, 'this file runs as a worker')
const loop = parentPort
loop.once('message', () => {
  serve(loop, workerData)
  // On Linux a priority applies to one thread, elsewhere to the process. Writing histories must not take a core from
  // moves; but the server's start waits for the opening, so the priority is lowered after it.
  if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_LOW)
})
