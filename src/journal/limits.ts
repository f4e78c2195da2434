/** Every fixed bound of the journal, with its reason. */

/** Length of a body in UTF-16 units: far above any event, low enough that a page of entries fits in memory. */
export const bodyLengthMax = 1 << 20

/** Entries of one page: reading them takes less than a millisecond, so a long game does not block the event loop. */
export const pageEntriesMax = 256

/**
 * Appends that send a batch to the writer at once. Fewer are sent at the end of the event-loop turn if the writer is idle;
 * while it is busy a batch grows, up to {@link pendingAppendsMax}. Large enough that the sync is a small part of its cost.
 */
export const batchAppends = 256

/** Batches that the writer has at once: a few keep it busy, more would only lengthen its queue. */
export const batchesInFlightMax = 4

/** Appends that may wait to be sent to the writer: at least one second of work. If more wait, the disk is too slow. */
export const pendingAppendsMax = 1 << 17

/** Game heads that the writer caches, about 200 B each: as many as games are played at the same time. */
export const headsMax = 1 << 17

/** How long to wait, in ms, until a process that was just killed has released the file. */
export const lockMsMax = 2000

/**
 * Entries that may be stored before the writer updates the entry counts in the rows of their games. An update writes one row
 * for each game played since the last one, which is a few per cent of the writer's work. After a crash the uncounted entries
 * are read again, which takes tens of milliseconds.
 */
export const uncountedMax = 8192

/** Delay of the inspection of game ids after a cleanly closed file was opened, in ms, so that it does not slow the start. */
export const inspectionDelayMs = 5000

/** Damages that one open journal keeps and reports: a file with that many has to be restored anyway. */
export const damagesMax = 1000

/** Least time between two checks that the writer's files are still in place, in ms: a check costs a quarter of a commit. */
export const heldMs = 50

/** Last entries whose chains are verified when a file is opened: an interrupted or lost write would have hit these. */
export const openEntriesVerified = 64
