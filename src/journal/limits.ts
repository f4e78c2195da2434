/** Every fixed bound of the journal, with its reason. */

/** Text of one entry, in UTF-16 units: far above any event, low enough that a page of entries fits in memory. */
export const bodyLengthMax = 1 << 20

/** Stored entries that are read in one go: under a millisecond's work, so that a long history does not hold up the loop. */
export const pageEntriesMax = 256

/**
 * Appends that fill a batch: one this large goes to the writer at once, a smaller one at the end of the loop's turn when
 * the writer has nothing to do. Large enough that a sync is a small part of its work.
 */
export const batchAppends = 256

/** Batches with the writer: two keep it busy, more would only grow its queue. */
export const batchesInFlightMax = 4

/** Appends that wait for the disk, a second's work or more; beyond it the disk is not keeping up. */
export const pendingAppendsMax = 1 << 17

/** Heads of games kept by the writer, about 200 B each: as many as are played at the same time. */
export const headsMax = 1 << 17

/** How long to wait for a process that was just killed to let go of the file, in ms. */
export const lockMsMax = 2000

/**
 * Entries that may come before the rows of their games are told of them: an update of each game that was played since,
 * a few per cent of the writer's work, and what is read again after a crash, in tens of milliseconds.
 */
export const uncountedMax = 8192

/** When the ids of a closed file's games are inspected, in ms after it was opened: nobody's start waits for it. */
export const inspectionDelayMs = 5000

/** Damages of one journal that are kept and told of; the file has to be restored long before. */
export const damagesMax = 1000

/** How often a writer looks whether its files are still where they were, in ms: each look costs as much as a quarter of a commit. */
export const heldMs = 50

/** Last entries whose chains are verified when a file is opened: what an interrupted or lost write would have hit. */
export const openEntriesVerified = 64
