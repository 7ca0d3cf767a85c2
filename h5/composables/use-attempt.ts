import { ref } from 'vue'
import { failureOf } from '../api/failure.ts'
import { failureText } from '../i18n/failure-text.ts'
import { showToptips } from './use-toptips.ts'

/**
 * Runs what a button does, one at a time: a tap while another runs does nothing. A Failure is told by `tell`, at the top of
 * the page unless a form says it at its field.
 */
export function useAttempt() {
  const isBusy = ref(false)

  async function attempt(act: () => Promise<void>, tell = showToptips): Promise<void> {
    if (isBusy.value) return
    isBusy.value = true
    try {
      await act()
    } catch (error) {
      tell(failureText(failureOf(error)).advice)
    } finally {
      isBusy.value = false
    }
  }

  return { isBusy, attempt }
}
