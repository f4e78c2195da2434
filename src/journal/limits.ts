/** Every fixed bound of the journal, with its reason. */

/** Text of one entry, in UTF-16 units: far above any event, low enough that a page of entries fits in memory. */
export const bodyLengthMax = 1 << 20

/** Entries in one call of a follower: a millisecond of work, so that a long history does not hold up the loop. */
export const batchEntriesMax = 256
