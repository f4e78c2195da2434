/** The catalog's thread: opens the file when it is told to, anew if it must, then answers one question at a time. */
import { constants, setPriority } from 'node:os'
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { assert } from '../../base/index.ts'
import { CatalogFile, deleteFile, isDamage, isFull, UnusableFile } from './catalog-file.ts'
import type { Answer, Failed, Opening, Question } from './messages.ts'

function openFile(path: string): { readonly file: CatalogFile; readonly lost?: string } {
  try {
    return { file: new CatalogFile(path) }
  } catch (error) {
    if (!(error instanceof UnusableFile) && !isDamage(error)) throw error
    deleteFile(path)
    return { file: new CatalogFile(path), lost: messageOf(error) }
  }
}

function answer(file: CatalogFile, question: Question): Answer {
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
  const say = (message: Opening | Answer): void => loop.postMessage(message)
  let file: CatalogFile
  try {
    const opened = openFile(path)
    file = opened.file
    say(opened.lost === undefined ? { type: 'opened' } : { type: 'opened', lost: opened.lost })
  } catch (error) {
    say(failed(`the catalog ${path}`, error))
    return loop.close()
  }
  let damage: Failed | undefined
  loop.on('message', (question: Question) => {
    try {
      say(damage ?? answer(file, question))
    } catch (error) {
      const failure = failed('the catalog', error)
      // Only an opening may begin with nothing: until then the damage is the answer to everything.
      if (isDamage(error)) {
        damage = { ...failure, isLost: true, message: `${failure.message}; it is built again at the next start` }
        file.close()
        deleteFile(path)
      }
      say(damage ?? failure)
    }
    if (question.type === 'close') loop.close()
  })
}

/** Players hear of it once the server has started: `what` names the file only until then. */
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
  // On Linux a priority is a thread's own, elsewhere the process's: no move waits for a core that writes histories. The
  // server's start does wait for the file.
  if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_LOW)
})
