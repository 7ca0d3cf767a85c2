import type { Program } from '../../program.ts'
import type { OpenPage } from './page-stack.ts'

const PULL_PX = 60
const REACH_BOTTOM_PX = 50
const watched = new WeakSet<OpenPage>()

/** Pull-down refresh, onReachBottom and onPageScroll of a page; once a page. */
export function watchScrolling(page: OpenPage, program: Program): void {
  const scroller = page.element.querySelector<HTMLElement>('.mp-page')
  if (watched.has(page) || scroller === null) return
  watched.add(page)
  const call = (name: string, given?: unknown): void => {
    const method = page.instance[name]
    if (typeof method === 'function') method.call(page.instance, given)
  }
  let wasLow = false
  scroller.addEventListener('scroll', () => {
    call('onPageScroll', { scrollTop: scroller.scrollTop })
    const isLow = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight <= REACH_BOTTOM_PX
    if (isLow && !wasLow) call('onReachBottom')
    wasLow = isLow
  })
  const json = program.components.find((component) => component.path === page.address.route)?.json
  if ((json?.enablePullDownRefresh ?? program.app.window?.enablePullDownRefresh) !== true) return
  const refresh = (): void => {
    if (page.element.hasAttribute('data-refreshing')) return
    page.element.setAttribute('data-refreshing', '')
    call('onPullDownRefresh')
  }
  page.element.addEventListener('phone-refresh', refresh)
  let startY: number | null = null
  scroller.addEventListener('pointerdown', (event) => {
    startY = scroller.scrollTop === 0 ? event.clientY : null
  })
  scroller.addEventListener('pointerup', (event) => {
    if (startY !== null && event.clientY - startY > PULL_PX) refresh()
  })
}
