import { ref, shallowRef } from 'vue'
import { failureOf } from '../api/failure.ts'
import type { Failure } from '../api/failure.ts'
import { useLoad } from './use-load.ts'

interface Page<T> {
  items: T[]
  nextCursor: string | null
}

/**
 * A list that the server gives in pages: the first is loaded at once, `loadMore` appends the next. `reload` brings as many
 * items as are shown, so that the list does not shrink under the customer.
 */
export function usePages<T>(load: (cursor: string | null) => Promise<Page<T>>) {
  // useLoad asks before it has answered itself.
  let shownCount = () => 0
  const { content, failure, isLoading, reload } = useLoad(() => loadAtLeast(load, shownCount()))
  shownCount = () => content.value?.items.length ?? 0
  const isLoadingMore = ref(false)
  const moreFailure = shallowRef<Failure | null>(null)

  async function loadMore(): Promise<void> {
    const shown = content.value
    if (!shown?.nextCursor || isLoadingMore.value) return
    isLoadingMore.value = true
    moreFailure.value = null
    try {
      const next = await load(shown.nextCursor)
      // A reload in between has started the list anew; this page no longer follows it.
      if (content.value === shown) content.value = { ...next, items: [...shown.items, ...next.items] }
    } catch (error) {
      moreFailure.value = failureOf(error)
    } finally {
      isLoadingMore.value = false
    }
  }

  return { content, failure, isLoading, reload, loadMore, isLoadingMore, moreFailure }
}

async function loadAtLeast<T>(
  load: (cursor: string | null) => Promise<Page<T>>,
  count: number,
): Promise<Page<T>> {
  let pages = await load(null)
  while (pages.nextCursor && pages.items.length < count) {
    const next = await load(pages.nextCursor)
    pages = { ...next, items: [...pages.items, ...next.items] }
  }
  return pages
}
