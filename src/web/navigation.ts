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

function arrive(): void {
  ui.notice.value = null
  ui.route.value = parseRoute(location.pathname)
  scrollTo(0, 0)
}
