import type { Program } from '../../../program.ts'
import { type PageAddress, readPageAddress } from '../page-address.ts'
import { PAGE_LIMIT, type PageStack, pop, push, relaunch, replaceTop } from '../page-stack.ts'
import { ApiRefusal, api } from './call.ts'

/** wx.navigateTo and its kin: https://developers.weixin.qq.com/miniprogram/dev/api/route/wx.navigateTo.html */
export function navigation(program: Program, stack: PageStack) {
  const tabs = new Set(program.app.tabBar?.list.map((tab) => tab.pagePath))
  const find = (url: unknown): PageAddress => {
    if (typeof url !== 'string')
      throw new ApiRefusal('parameter error: parameter.url should be String instead of Undefined;')
    const address = readPageAddress(url, stack.pages.at(-1)?.address.route ?? '')
    if (!program.app.pages.includes(address.route))
      throw new ApiRefusal(`page "${address.route}" is not found`)
    return address
  }
  const ordinary = (name: string, url: unknown): PageAddress => {
    const address = find(url)
    if (tabs.has(address.route)) throw new ApiRefusal(`can not ${name} a tabbar page`)
    return address
  }
  return {
    navigateTo: api('navigateTo', async ({ url }: { url?: string }) => {
      const address = ordinary('navigateTo', url)
      if (stack.pages.length >= PAGE_LIMIT) throw new ApiRefusal('webview count limit exceed')
      push(stack, address)
    }),
    redirectTo: api('redirectTo', async ({ url }: { url?: string }) => {
      replaceTop(stack, ordinary('redirectTo', url))
    }),
    reLaunch: api('reLaunch', async ({ url }: { url?: string }) => {
      relaunch(stack, find(url))
    }),
    switchTab: api('switchTab', async ({ url }: { url?: string }) => {
      const address = find(url)
      if (!tabs.has(address.route)) throw new ApiRefusal('can not switch to no-tabBar page')
      relaunch(stack, { route: address.route, query: {} })
    }),
    navigateBack: api('navigateBack', async ({ delta = 1 }: { delta?: number }) => {
      if (stack.pages.length <= 1) throw new ApiRefusal('cannot navigate back at first page.')
      pop(stack, Math.max(1, delta))
    }),
  }
}
