import { element, say } from '../element.ts'
import { type Frame, type Owner, drawFrame } from './screen.ts'

/** The glass of a browser: an address bar, and on a computer a tab above it. */
export interface BrowserScreen extends Pick<Frame, 'body' | 'content' | 'overlay'> {
  show(page: { title: string; url: string; canGoBack: boolean }): void
}

interface BrowserActions {
  back(): void
  reload(): void
  /** Somebody typed an address. */
  open(url: string): void
}

/** Draws an empty browser. */
export function drawBrowserScreen(owner: Owner, actions: BrowserActions): BrowserScreen {
  const back = element('button.address-back', {
    type: 'button',
    'aria-label': '返回',
    onclick: actions.back,
  })
  const reload = element('button.address-reload', {
    type: 'button',
    'aria-label': '刷新',
    onclick: actions.reload,
  })
  const address = element('input', {
    type: 'text',
    inputmode: 'url',
    'aria-label': '地址',
    autocomplete: 'off',
    spellcheck: 'false',
  })
  const bar = element(
    'form.bar.address-bar',
    {
      onsubmit: (event) => {
        event.preventDefault()
        address.blur()
        actions.open(withScheme(address.value.trim()))
      },
    },
    back,
    reload,
    address,
  )
  const tab = element('span.browser-tab')
  const frame = drawFrame(owner, bar, tab)
  const { glass } = frame
  glass.dataset.bar = owner.theme === 'dark' ? 'white' : 'black'
  glass.style.setProperty('--bar', 'var(--browser-bar)')
  return {
    ...frame,
    show({ title, url, canGoBack }) {
      tab.textContent = title || say('新标签页')
      back.toggleAttribute('disabled', !canGoBack)
      // What somebody is typing stays.
      if (document.activeElement !== address) address.value = url
    },
  }
}

function withScheme(address: string): string {
  return /^[a-z][\w+.-]*:\/\//i.test(address) ? address : `http://${address}`
}
