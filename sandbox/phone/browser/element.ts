type Attributes = Record<string, string | boolean | ((event: Event) => void)>

/**
 * Builds a DOM element: `element('button.primary', { onclick: pay }, '立即支付')`.
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
    else if (value !== false) built.setAttribute(name, value === true ? '' : value)
  }
  built.append(...children)
  return built
}
