/**
 * The client's own limits, each with its reason. They are separate from the server's so that a page need not load
 * those.
 */

/** Time to connect and get the answer to `hello`, in ms: the same as the server's handshake timeout. */
export const helloMs = 10_000
/** Requests in flight at once: what every server accepts on one connection, minus the connection's own two. */
export const inFlightMax = 254
/** Unanswered requests that a client keeps: a caller with more is in a runaway loop. */
export const askedMax = 100_000
/** The longest wait after a refusal, in ms: the server is up, so a request should soon succeed again. */
export const refusedMsMax = 2_000
/** Time for an open connection to answer a ping after the host woke from sleep, in ms. */
export const wakeMs = 5_000
/** Time for a person to notice that the offer they are about to answer has changed, and to stop, in ms. */
export const noticeMs = 500
/** How long a request is tried, in ms: longer than a planned restart of a server takes. */
export const giveUpMsDefault = 60_000
