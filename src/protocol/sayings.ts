/** What players can say to each other: names, which each client shows in the words of its reader. There is no free text. */
export const phrases = ['hello', 'good-luck', 'well-played', 'thanks', 'oops', 'good-game'] as const
export const reactions = ['smile', 'laugh', 'surprise', 'sad', 'applause', 'heart'] as const
export const sayings = [...phrases, ...reactions] as const

export type Saying = (typeof sayings)[number]
