import { inEnglish } from '../../world/english.ts'

/** Whether the window speaks English; set before anything is drawn. */
let isEnglish = false

/** Chooses the language of everything that the phones themselves say. */
export function speak(language: 'zh-CN' | 'en'): void {
  isEnglish = language === 'en'
  document.documentElement.lang = language
  document.title = say(document.title)
}

/** A sentence of the phone's in the window's language. */
export const say = (sentence: string): string => (isEnglish ? inEnglish(sentence) : sentence)

/** Attributes that are read to people. */
const SPOKEN = ['aria-label', 'title', 'placeholder']

type Attributes = Record<string, string | boolean | ((event: Event) => void)>

/**
 * Builds a DOM element: `element('button.primary', { onclick: pay }, '立即支付')`. Its words are said in the window's
 * language.
 * @param tagAndClasses tag name with classes after dots; `div` when it begins with a dot
 * @param attributes functions become listeners (`onclick`), true an empty attribute, false none
 */
export function element<Tag extends keyof HTMLElementTagNameMap = 'div'>(
  tagAndClasses: Tag | `${Tag}.${string}` | `.${string}`,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const [tag, ...classes] = tagAndClasses.split('.')
  const built = document.createElement(tag || 'div') as HTMLElementTagNameMap[Tag]
  if (classes.length > 0) built.className = classes.join(' ')
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') built.addEventListener(name.replace(/^on/, ''), value)
    else if (value !== false)
      built.setAttribute(name, value === true ? '' : SPOKEN.includes(name) ? say(value) : value)
  }
  built.append(...children.map((child) => (typeof child === 'string' ? say(child) : child)))
  return built
}
