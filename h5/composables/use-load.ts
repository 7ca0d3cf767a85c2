import { onBeforeUnmount, onMounted, ref, shallowRef } from 'vue'
import { failureOf } from '../api/failure.ts'
import type { Failure } from '../api/failure.ts'

/**
 * Something a page shows once the server has told it. `reload` keeps what is shown until the new answer is there, and
 * answers why there is none. A page that is seen again, or that comes back out of the browser's cache, asks again.
 */
export function useLoad<T>(load: () => Promise<T>, first: T | null = null) {
  const content = shallowRef<T | null>(first)
  const failure = shallowRef<Failure | null>(null)
  const isLoading = ref(false)
  let latest = 0

  async function reload(): Promise<Failure | null> {
    const turn = ++latest
    isLoading.value = true
    try {
      const answer = await load()
      if (turn !== latest) return null
      content.value = answer
      failure.value = null
    } catch (error) {
      if (turn === latest) failure.value = failureOf(error)
    } finally {
      if (turn === latest) isLoading.value = false
    }
    return turn === latest ? failure.value : null
  }

  const reloadWhenRevived = (event: PageTransitionEvent) => {
    if (event.persisted) void reload()
  }
  const reloadWhenSeen = () => {
    if (document.visibilityState === 'visible') void reload()
  }
  // A network that comes back is used at once; what is shown already stays as it is.
  const retryOnline = () => {
    if (failure.value) void reload()
  }
  onMounted(() => {
    window.addEventListener('online', retryOnline)
    window.addEventListener('pageshow', reloadWhenRevived)
    document.addEventListener('visibilitychange', reloadWhenSeen)
  })
  onBeforeUnmount(() => {
    latest++
    window.removeEventListener('online', retryOnline)
    window.removeEventListener('pageshow', reloadWhenRevived)
    document.removeEventListener('visibilitychange', reloadWhenSeen)
  })
  void reload()
  return { content, failure, isLoading, reload }
}
