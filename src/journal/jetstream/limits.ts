/** Every fixed bound of this engine, with its reason. */

/** A publish or a read without an answer for this long was lost: several times what a busy server takes. */
export const answerMsMax = 2_000

/** Once another server leads, whatever was asked before and has no answer by now, in ms, was asked of the old one, and is lost. */
export const leftoverMsMax = 100

/**
 * How long one append goes on trying. Longer than a change of leaders that was asked for, shorter than a person waits;
 * after a crash of the leader the client is told to repeat.
 */
export const appendMsMax = 4_000

/** Appends in one batch: the servers take 1,000. */
export const batchAppendsMax = 500

/** Fewer go each by itself: a server syncs four times for a batch, once for an append. */
export const batchAppendsMin = 5

/** Batches of one node that are under way: one is stored while the next one gathers. The servers take 50 of all nodes. */
export const batchesInFlightMax = 2

/** Pause before something is tried again that a server could not do, in ms: many tries in the time that one may take. */
export const retryMs = 50

/** Messages that one batched read brings: a few hundred kilobytes at most. */
export const batchMessagesMax = 256

/** Messages of all games in which the last ones of one game are looked for first; twice as many each time they are not enough. */
export const spanMin = 1_024

/** Reads of single messages that are under way at once, for servers without batches. */
export const singleReadsMax = 64

/** Places at which pages of games ended that are kept, about 200 B each: as many as are read at the same time, many times over. */
export const placesMax = 4_096

/**
 * How often a node asks the leader where the stream ends, in ms. The answer comes the way of the entries, so that one which
 * stays away says that those may have been lost; servers take longer than this to connect to each other again.
 */
export const askMs = 1_000

/**
 * After the leader answers again, in ms: what waited is stored by then, for a node that repeats an append does it more often. No
 * clock runs meanwhile.
 */
export const settleMs = 2_000

/** Games whose last entries are looked at in one request: the servers take 1,024. */
export const lastReadsMax = 256

/** How often the end is asked for between two checks. */
export const looksPerCheck = 5
/** Checks in which every game that is listened to is looked at once: two minutes. */
export const checksPerRound = 24
/** Games that are looked at in one check, at least: a few cost as much as one. */
export const checkedMin = 16

/**
 * How long a stream may be told to be shorter than it was, in ms, before that is believed: longer than a leader that is
 * cut off or has just been elected takes to know better.
 */
export const strangeMsMax = 5_000

/** Heads of games kept, about 200 B each: as many as are played at the same time. */
export const headsMax = 1 << 17

/** A server that is silent for two of these, in ms, is left for another. */
export const pingMs = 2_000

/** Pause between tries to connect, in ms. */
export const reconnectMs = 200

/** The smallest `max_payload` of the servers: four times the largest event. */
export const payloadBytesMin = 65_536

/** How long a start waits for servers that are starting as well, in ms: they elect leaders within a few seconds. */
export const startMsMax = 15_000
