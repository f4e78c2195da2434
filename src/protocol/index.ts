export { type ClusterStatus, type CopyStatus, isSilent, type NodeStatus, type StreamStatus } from './cluster-status.ts'
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
export type { MethodName, Params, Result } from './schema/methods.ts'
export type { Notification, NotificationName } from './schema/notifications.ts'
export type { GameRecord, GameSummary, GameView, Status } from './schema/shapes.ts'
export { phrases, reactions, type Saying, sayings } from './sayings.ts'
export { makeBody, makeRecordEntry, parseBody, type Stored } from './stored.ts'
export { parseText, type TextCommand, textHelp, type TextMove, type TextProblem } from './text.ts'
export {
  makeBoard,
  makeEntered,
  makeListed,
  makeMoved,
  makePushed,
  makeRefusal,
  makeSaid,
  makeShown,
  makeTextPush,
  makeTextReply,
} from './text-reply.ts'
export { makeSingleView, makeSummary, makeView, openBoard, statusOf } from './view.ts'
