export { errorCode } from './error-code.ts'
export { createFile, makeFolder, replaceFile, syncFile, syncFolder } from './files.ts'
export { sha256Chain } from './hash-chain.ts'
export { type FileLock, isBusy, isCorrupt, isFull, lockFile, numberOf } from './sqlite.ts'
