export { HttpPushSender } from './http-push-sender.ts'
export { pushServices } from './push-services.ts'
