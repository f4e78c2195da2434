/** `oxo`: the command line. Each command is loaded when it is asked for. */
import { enableCompileCache } from 'node:module'

// What was compiled once is not compiled again: a third of the time to start.
enableCompileCache()
void import('./program.ts').then(({ runProgram }) => runProgram(process.argv.slice(2)))
