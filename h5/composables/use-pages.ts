import { ref, shallowRef } from 'vue'
import { failureOf } from '../api/failure.ts'
import type { Failure } from '../api/failure.ts'
import { useLoad } from './use-load.ts'

interface Page<T> {
  items: T[]
  nextCursor: string | null
}

/** A list that the server gives in pages: the first is loaded at once, `loadMore` appends the next. */
export function usePages<T>(load: (cursor: string | null) => Promise<Page<T>>) {
  const { content, failure, isLoading, reload } = useLoad(() => load(null))
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
