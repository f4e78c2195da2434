/** The grammar of a game id, for a regular expression. */
export const gameIdPattern = '[A-Za-z0-9_-]{1,64}'
