import { ref } from 'vue'
import type { Router } from 'vue-router'
import { loopGuard } from './entry/loop-guard.ts'
import { tabMemory } from './entry/tab-memory.ts'

/** The page that was asked for could not be loaded, and loading everything anew did not help. */
export const isPageLost = ref(false)

/**
 * After a release the files of the pages before it are gone. When one does not come, everything is loaded anew, once; when
 * that does not help either, isPageLost says so and the customer gets a button.
 */
export function reloadOnceWhenChunksAreGone(router: Router): void {
  const guard = loopGuard(tabMemory, 'qiaofu.chunk-reload', 1)
  router.onError((_error: unknown, to) => {
    if (guard.take()) location.assign(to.fullPath)
    else isPageLost.value = true
  })
  router.afterEach((_to, _from, failure) => {
    if (!failure) isPageLost.value = false
  })
}
