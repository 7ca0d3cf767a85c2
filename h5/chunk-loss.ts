import { ref } from 'vue'
import type { Router } from 'vue-router'
import { mayReload } from './load-part.ts'

/** The page that was asked for could not be loaded, and loading everything anew did not help. */
export const isPageLost = ref(false)

/**
 * When a page's file does not come, everything is loaded anew, once; when that does not help either, isPageLost says so and
 * the customer gets a button.
 */
export function reloadOnceWhenChunksAreGone(router: Router): void {
  router.onError((_error: unknown, to) => {
    if (mayReload()) location.assign(to.fullPath)
    else isPageLost.value = true
  })
  router.afterEach((_to, _from, failure) => {
    if (!failure) isPageLost.value = false
  })
}
