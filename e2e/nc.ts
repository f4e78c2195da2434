/** Stands in for `nc HOST PORT` where a machine has none, so that the example in bash can be tested there. */
import { connect } from 'node:net'

const [host = '', port = ''] = process.argv.slice(2)
const socket = connect({ host, port: Number(port), allowHalfOpen: true })
process.stdin.pipe(socket).pipe(process.stdout)
socket.on('end', () => process.exit())
