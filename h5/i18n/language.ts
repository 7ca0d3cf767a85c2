import { tabMemory } from '../entry/tab-memory.ts'

export type Language = 'zh-CN' | 'en'

/**
 * Chooses the language: `?lang=` wins and is kept for the tab; inside WeChat it is WeChat's own language, which its user
 * agent tells (Language/zh_CN), else the phone's, Chinese unless English; elsewhere what the browser prefers.
 */
export function chooseLanguage(from: {
  query: string | null
  kept: string | null
  userAgent: string
  preferred: readonly string[]
}): Language {
  const chosen = languageOf(from.query) ?? languageOf(from.kept)
  if (chosen) return chosen
  if (/MicroMessenger/i.test(from.userAgent)) {
    const told = /\bLanguage\/([A-Za-z_-]+)/.exec(from.userAgent)?.[1] ?? from.preferred[0]
    return languageOf(told) ?? 'zh-CN'
  }
  for (const preferred of from.preferred) {
    const language = languageOf(preferred)
    if (language) return language
  }
  return from.preferred.length > 0 ? 'en' : 'zh-CN'
}

const memoryKey = 'qiaofu.language'

/** chooseLanguage for this page; what `?lang=` asks for is kept for the tab. */
export function keptLanguage(): Language {
  const query = new URLSearchParams(location.search).get('lang')
  const { userAgent, languages } = navigator
  const chosen = chooseLanguage({ query, kept: tabMemory.get(memoryKey), userAgent, preferred: languages })
  if (query) tabMemory.set(memoryKey, chosen)
  return chosen
}

function languageOf(tag: string | null | undefined): Language | null {
  if (!tag) return null
  if (/^zh\b|^zh_/i.test(tag)) return 'zh-CN'
  return /^en\b|^en_/i.test(tag) ? 'en' : null
}
