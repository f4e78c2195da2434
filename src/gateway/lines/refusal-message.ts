/** The refusal of a connection in its protocol: the last message on its socket. */
import { type Fault, makeError, makeRefusal, makeTextReply } from '../../protocol/index.ts'
import { makeRawProblem } from '../http/requests/problem.ts'

export function refusalMessage(protocol: 'http' | 'lines' | 'text', fault: Fault): string {
  const { fault: name, message, detail } = fault
  switch (protocol) {
    case 'http':
      return makeRawProblem(fault)
    case 'lines':
      return `${makeError(null, name, message, detail)}\n`
    case 'text':
      return `${makeTextReply([makeRefusal(name, message)])}\n`
  }
}
