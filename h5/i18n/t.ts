import type { Problem } from '../../contract/problem.ts'
import type * as English from './en.ts'
import type { Language } from './language.ts'
import { zh } from './zh-cn.ts'
import type { Sentence } from './zh-cn.ts'

let english: typeof English | null = null

type Values = Record<string, string | number>

/**
 * Says a sentence of the first load in the page's language; `{name}` in it becomes `values.name`. Pages that load later
 * take the t of t-pages.ts, which knows their own sentences too.
 */
export const t = tOf<Sentence>(zh)

/** A t for sentences that stand in en.ts in English, and in `chinese`, which loads with the part that says them. */
export function tOf<S extends keyof typeof English.en>(chinese: Record<S, string>) {
  return (sentence: S, values: Values = {}): string => fill((english?.en ?? chinese)[sentence], values)
}

/** The same for words that load with the part that says them, both languages at once. */
export function wordsOf<S extends string>(zh: Record<S, string>, en: Record<S, string>) {
  return (sentence: S, values: Values = {}): string => fill((english ? en : zh)[sentence], values)
}

function fill(words: string, values: Values): string {
  return words.replace(/\{(\w+)\}/g, (_whole, name: string) => String(values[name] ?? ''))
}

/** What a refusal means, for readers of English; null in Chinese, which the server speaks itself. */
export function problemText({ code, closure }: Pick<Problem, 'code' | 'closure'>): string | null {
  if (!english || !code) return null
  return (closure && english.closures[closure]) || (english.problems[code] ?? null)
}

/** The language that t() speaks. */
export function language(): Language {
  return english ? 'en' : 'zh-CN'
}

/** Changes the language before the page is shown. English is fetched only by those who read it; without it, Chinese. */
export async function speak(next: Language): Promise<void> {
  english = next === 'en' ? await import('./en.ts').catch(() => null) : null
  document.documentElement.lang = language()
}
