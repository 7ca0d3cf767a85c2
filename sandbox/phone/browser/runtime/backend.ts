import { glassEasel } from 'glass-easel-miniprogram-adapter'

type Context = InstanceType<typeof glassEasel.CurrentWindowBackendContext>

/**
 * The DOM below one phone's pages.
 * @param host the element that holds the phone's pages; events from elsewhere are another phone's
 * @param knownTags tags of built-in and of the program's own components
 */
export function createBackend(host: HTMLElement, knownTags: ReadonlySet<string>): Context {
  const context = new glassEasel.CurrentWindowBackendContext()
  const reported = new Set<string>()
  const createElement = (tag: string): HTMLElement => {
    if (!knownTags.has(tag) && !tag.startsWith('wx-') && !reported.has(tag)) {
      reported.add(tag)
      console.error(
        `[phone] <${tag}> is not a component of this phone: add it to browser/runtime/components/.`,
      )
    }
    // The browser has its own button, input and form: a component's host is never one of them.
    return document.createElement(tag.startsWith('wx-') ? tag : `wx-${tag}`)
  }
  Object.defineProperty(context, 'document', {
    value: {
      createElement,
      createTextNode: (text: string) => document.createTextNode(text),
      createDocumentFragment: () => document.createDocumentFragment(),
    },
  })
  context.onEvent((target, type, detail, options) => {
    const origin = (options as { originalEvent?: Event }).originalEvent?.target
    // Every phone listens on the whole window, so each hears the others' fingers.
    if (!(origin instanceof Element) || !host.contains(origin)) return undefined
    if (type === 'tap' && origin.closest('[disabled]') !== null) return undefined
    glassEasel.Event.triggerEvent(target, type, detail, options)
    return undefined
  })
  return context
}
