/** Navigates between pages without reloading. */
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

/** Whether this is still the page that the browser loaded, which the browser announced itself. */
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
