import type { Phone } from '../phones.ts'

/** What of a phone its pages look like. */
type Looks = Pick<Phone, 'theme' | 'font'> & { profile: Pick<Phone['profile'], 'safeAreaBottom'> }

/** How much larger WeChat's large text is than its standard one. */
export const LARGE_TEXT = 1.4

/**
 * Makes a style sheet obey the phone instead of the visitor's computer: its theme, its safe area, and its text size,
 * which on a device is the web-view's text zoom. No browser lets a framed page be told either from outside.
 * @param css any ASCII-based encoding, read as latin1
 */
export function dressCss(css: string, { theme, font, profile }: Looks): string {
  const themed = css
    .replace(/prefers-color-scheme\s*:\s*(dark|light)/gi, (_all, asked: string) =>
      asked.toLowerCase() === theme ? 'min-width:0px' : 'max-width:0px',
    )
    .replace(/((?:^|[{;\s])color-scheme\s*:\s*)(?:light\s+dark|dark\s+light)/gi, `$1${theme}`)
    .replace(/env\(\s*safe-area-inset-bottom\s*(?:,[^)]*)?\)/gi, `${profile.safeAreaBottom}px`)
  if (font === 'normal') return themed
  return themed.replace(
    /(font-size\s*:\s*)((?:\d+\.)?\d+)px/gi,
    (_all, name: string, px: string) => `${name}${Number(px) * LARGE_TEXT}px`,
  )
}

/** The same for a page's own style elements and its colour scheme. */
export function dressHtml(html: string, phone: Looks): string {
  return html
    .replace(
      /(<style\b[^>]*>)(.*?)(?=<\/style)/gis,
      (_all, tag: string, css: string) => tag + dressCss(css, phone),
    )
    .replace(/<meta\b[^>]*\bname=["']?color-scheme\b[^>]*>/gi, (meta) =>
      meta.replace(/(content=["'])(?:light dark|dark light)/i, `$1${phone.theme}`),
    )
}
