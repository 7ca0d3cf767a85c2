import type { FromPage, ToPage } from './protocol.ts'

/** The page's line to the phone around it. */
export interface Channel {
  send(message: FromPage): void
  listen(hear: (message: ToPage) => void): void
}

/** Only the window that frames this page, and only while it is the phone's own page, is heard or spoken to. */
export function openChannel(shellOrigin: string): Channel {
  return {
    send: (message) => window.parent.postMessage(message, shellOrigin),
    listen(hear) {
      window.addEventListener('message', (event: MessageEvent<ToPage | null>) => {
        if (event.source !== window.parent || event.origin !== shellOrigin) return
        if (typeof event.data?.phone !== 'string') return
        // The page's own listeners must not meet messages it never asked for.
        event.stopImmediatePropagation()
        hear(event.data)
      })
    },
  }
}
