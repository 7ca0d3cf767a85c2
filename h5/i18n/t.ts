import type { Language } from './language.ts'
import { zh } from './zh-cn.ts'
import type { Sentence } from './zh-cn.ts'

let words: Record<Sentence, string> = zh
let spoken: Language = 'zh-CN'

/** Says a sentence in the page's language; `{name}` in it becomes `values.name`. */
export function t(sentence: Sentence, values: Record<string, string | number> = {}): string {
  return words[sentence].replace(/\{(\w+)\}/g, (_whole, name: string) => String(values[name] ?? ''))
}

/** The language that t() speaks. */
export function language(): Language {
  return spoken
}

/** Changes the language before the page is shown. English is fetched only by those who read it. */
export async function speak(next: Language): Promise<void> {
  words = next === 'en' ? (await import('./en.ts')).en : zh
  spoken = next
  document.documentElement.lang = next
}
