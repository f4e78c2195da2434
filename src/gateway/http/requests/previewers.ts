/** Recognises the programs that fetch a link in order to show a preview of it. */
import type { Context } from '../routes/route-context.ts'

/**
 * Names in `User-Agent`. Most programs call themselves a bot or a preview: Slackbot, Discordbot, Twitterbot, TelegramBot,
 * LinkedInBot, Mastodon, Matrix, SkypeUriPreview. A browser that matches by mistake gets the same page, uncompressed.
 */
const previewers =
  /bot\b|preview|facebookexternalhit|meta-externalfetcher|whatsapp|vkshare|embedly|iframely|pinterest|cardyb/i

export function isPreviewer(c: Context): boolean {
  return previewers.test(c.req.header('User-Agent') ?? '')
}
