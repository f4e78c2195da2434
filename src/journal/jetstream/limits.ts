/** Every fixed bound of this engine, with its reason. */

/** A request without an answer for this long, in ms, counts as lost: several times what a busy server needs. */
export const answerMsMax = 2_000

/**
 * After another server became leader, earlier requests that have no answer within this time, in ms, went to the old leader and
 * count as lost.
 */
export const leftoverMsMax = 100

/**
 * How long one append is retried, in ms. Longer than a planned change of leaders, shorter than a person is ready to wait.
 * After a crash of the leader the client is told to repeat the command.
 */
export const appendMsMax = 4_000

/** Appends in one batch: the servers accept 1,000. */
export const batchAppendsMax = 500

/** Fewer appends are sent individually: a server syncs four times for a batch, once for an append. */
export const batchAppendsMin = 5

/** Batches of one node in flight: one is stored while the next one is collected. The servers accept 50 from all nodes together. */
export const streamBatchesInFlightMax = 2

/** Pause before a failed request is tried again, in ms: short enough for many attempts in the time that an append may take. */
export const retryMs = 50

/** Messages in the answer to one batched read: a few hundred kilobytes at most. */
export const batchMessagesMax = 256

/**
 * The last messages of all games that are first searched for the last messages of one game. The number is doubled each time
 * they do not contain enough.
 */
export const spanMin = 1_024

/** Reads of single messages in flight at once, for servers without batched reads. */
export const singleReadsMax = 64

/** Ends of pages that are cached, about 200 B each: many times the number of games that are read at the same time. */
export const placesMax = 4_096

/**
 * How often a node asks the leader for the end of the stream, in ms. The answer takes the same route as the entries, so a
 * missing answer means that entries may have been lost too. Servers need longer than this to reconnect to each other.
 */
export const askMs = 1_000

/**
 * How long an outage is extended after the leader answers again, in ms. Waiting appends are stored within this time, because
 * nodes repeat them more often than that. Game clocks do not run during an outage.
 */
export const settleMs = 2_000

/** Games whose last entries are read with one request: the servers accept 1,024. */
export const lastReadsMax = 256

/** Requests for the end of the stream between two checks. */
export const endReadsPerCheck = 5
/** Checks after which every game with listeners has been checked once: two minutes. */
export const checksPerRound = 24
/** Least number of games in one check: a few cost as much as one. */
export const checkedMin = 16

/**
 * How long a stream must be reported as shorter than before, in ms, until a node believes it: longer than a leader that was
 * partitioned away or has just been elected needs to catch up.
 */
export const strangeMsMax = 5_000

/** Game heads that are cached, about 200 B each: as many as games are played at the same time. */
export const streamHeadsMax = 1 << 17

/** Interval of pings, in ms. After two unanswered pings the node connects to another server. */
export const pingMs = 2_000

/** Pause between attempts to connect, in ms. */
export const reconnectMs = 200

/** The smallest allowed `max_payload` of the servers: four times the largest event. */
export const payloadBytesMin = 65_536

/** How long a node that starts waits for servers that are starting too, in ms: they elect leaders within a few seconds. */
export const startMsMax = 15_000
