import { en } from './en.ts'
import { zh } from './zh-cn.ts'
import type { Sentence } from './zh-cn.ts'

export type Language = 'zh-CN' | 'en'

let words: Record<Sentence, string> = zh
let spoken: Language = 'zh-CN'

/** Says a sentence in the page's language; `{name}` in it becomes `values.name`. */
export function t(sentence: Sentence, values: Record<string, string | number> = {}): string {
  return words[sentence].replace(/\{(\w+)\}/g, (_whole, name: string) => String(values[name] ?? ''))
}

/** Whether there is a sentence of this name. */
export function isSentence(name: string): name is Sentence {
  return Object.hasOwn(zh, name)
}

/** The language that t() speaks. */
export function language(): Language {
  return spoken
}

/** Chooses the language, before the page is drawn. */
export function speak(next: Language): void {
  words = next === 'en' ? en : zh
  spoken = next
  document.documentElement.lang = next
  document.title = t('page.title')
}
