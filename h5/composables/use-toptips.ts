import { readonly, ref } from 'vue'

/** Long enough to read two lines twice. */
const shownForMs = 5_000

const text = ref('')
let timer = 0

/** WeUI's red strip at the top: for a tap that could not be answered. One at a time. */
export function useToptips() {
  return { text: readonly(text), showToptips }
}

/** Shows a sentence for a few seconds. */
export function showToptips(sentence: string): void {
  window.clearTimeout(timer)
  text.value = sentence
  timer = window.setTimeout(() => (text.value = ''), shownForMs)
}
