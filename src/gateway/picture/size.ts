/** The width and height of a picture, in pixels: what link previews show large. */
export const pictureSize = [1_200, 630] as const
