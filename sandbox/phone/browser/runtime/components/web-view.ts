import type { WebView } from '../../phone/web-view.ts'
import type { BuiltIn, BuiltInParts } from './built-in.ts'

/** <web-view>: one a page, covering everything on it. */
export function webView({ webViews }: BuiltInParts): Record<string, BuiltIn> {
  const opened = new WeakMap<object, WebView>()
  return {
    'web-view': {
      properties: { src: String },
      draw: {
        src(_host, value: string) {
          if (value !== '') opened.get(this)?.open(value)
        },
      },
      attached(host) {
        const view = webViews.create((name, detail) => this.triggerEvent(name, detail))
        opened.set(this, view)
        host.append(view.element)
        if (this.data.src) view.open(String(this.data.src))
      },
      detached() {
        const view = opened.get(this)
        opened.delete(this)
        if (view !== undefined) webViews.destroy(view)
      },
    },
  }
}
