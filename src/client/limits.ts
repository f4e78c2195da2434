/** The client's own bounds, each with its reason. They stand apart from the server's, which a page need not load. */

/** Time for a connection to come about and `hello` to be answered: as long as a server waits for a handshake. */
export const helloMs = 10_000
/** Requests under way at once: what every server takes on one connection, less the two of the link itself. */
export const inFlightMax = 254
/** Unanswered requests that a client keeps: beyond, whoever asks is out of control. */
export const askedMax = 100_000
/** The longest wait after a refusal: the server is there, so whoever was refused finds out soon that it can again. */
export const refusedMsMax = 2_000
/** How soon an open connection has to prove itself to somebody who just woke up. */
export const wakeMs = 5_000
/** How long somebody needs to see that what they are about to answer has changed, and to stop. */
export const noticeMs = 500
/** How long a request is tried: longer than any restart of a server that is noticed. */
export const giveUpMsDefault = 60_000
