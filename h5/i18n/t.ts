import type { ProblemCode } from '../../contract/problem.ts'
import type { Language } from './language.ts'
import { zh } from './zh-cn.ts'
import type { Sentence } from './zh-cn.ts'

let words: Record<Sentence, string> = zh
let problems: Record<ProblemCode, string> | null = null
let spoken: Language = 'zh-CN'

type Values = Record<string, string | number>

/** Says a sentence in the page's language; `{name}` in it becomes `values.name`. */
export function t(sentence: Sentence, values: Values = {}): string {
  return fill(words[sentence], values)
}

/** The same for words that load with the part that says them, both languages at once. */
export function wordsOf<S extends string>(zh: Record<S, string>, en: Record<S, string>) {
  return (sentence: S, values: Values = {}): string => fill((spoken === 'en' ? en : zh)[sentence], values)
}

function fill(words: string, values: Values): string {
  return words.replace(/\{(\w+)\}/g, (_whole, name: string) => String(values[name] ?? ''))
}

/** What a refusal means, for readers of English; null in Chinese, which the server speaks itself. */
export function problemText(code: ProblemCode): string | null {
  return problems?.[code] ?? null
}

/** The language that t() speaks. */
export function language(): Language {
  return spoken
}

/** Changes the language before the page is shown. English is fetched only by those who read it; without it, Chinese. */
export async function speak(next: Language): Promise<void> {
  const english = next === 'en' ? await import('./en.ts').catch(() => null) : null
  words = english?.en ?? zh
  problems = english?.problems ?? null
  spoken = english ? 'en' : 'zh-CN'
  document.documentElement.lang = spoken
}
