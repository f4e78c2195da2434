export {
  type ErrorDetail,
  errorNameOf,
  errorNames,
  type ErrorName,
  connectionEndings,
  errorRow,
  type ErrorRow,
  errors,
  httpStatus,
  type Retry,
} from './errors.ts'
export { Fault, sentences } from './fault.ts'
export { anyErrors, methodErrors } from './method-errors.ts'
export { limits, type Limits } from './limits.ts'
export {
  makeAnswer,
  makeError,
  makeNotification,
  makeRequest,
  MessageFault,
  parseJson,
  parseRequest,
  type Request,
  type RequestId,
} from './message.ts'
export {
  type MethodName,
  methodNames,
  methods,
  type Notification,
  type NotificationName,
  notifications,
  type Params,
  type Result,
} from './methods.ts'
export { makeOpenRpc } from './openrpc.ts'
export { type GameRecord, type GameSummary, type GameView, type Status, statuses } from './shapes.ts'
export { makeBody, makeRecordEntry, parseBody, type Stored } from './stored.ts'
export { parseText, type TextCommand, textHelp, type TextMove, type TextProblem } from './text.ts'
export {
  makeBoard,
  makeEntered,
  makeListed,
  makeMoved,
  makePushed,
  makeRefusal,
  makeShown,
  makeTextPush,
  makeTextReply,
} from './text-reply.ts'
export { checkParams, parseMethod } from './validate.ts'
export { makeSummary, makeView, openBoard, statusOf } from './view.ts'
