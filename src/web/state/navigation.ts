/** Goes from page to page without loading one. */
import { makeRoute, parseRoute, type Route } from './route.ts'
import { ui } from './ui.ts'

export function go(route: Route): void {
  history.pushState(null, '', makeRoute(route))
  arrive()
}

export function follow(): void {
  addEventListener('popstate', arrive)
}

let isFirst = true

/** Whether the page is still the one that the browser has loaded, and has told of itself. */
export function isFirstPage(): boolean {
  return isFirst
}

function arrive(): void {
  isFirst = false
  ui.notice.value = null
  ui.dialog.value = null
  ui.route.value = parseRoute(location.pathname)
  scrollTo(0, 0)
}
