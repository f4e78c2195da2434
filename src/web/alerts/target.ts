/** What a notification carries, for the service worker, and what the service worker tells the page after a click. */
export interface ClickedNotification {
  readonly game: string
}
