import type { Program } from '../../../program.ts'
import type { Device } from '../../device.ts'
import type { PaymentLaunch } from '../../sandbox.ts'
import { builtInTags } from '../../../compile/tags.ts'
import type { PageStack } from '../page-stack.ts'
import { allowSharing, shareCardOf } from '../share.ts'
import type { WebViewHost } from '../web-view-host.ts'
import { ApiRefusal, api } from './call.ts'
import { navigation } from './navigation.ts'
import { network } from './network.ts'
import { screen } from './screen.ts'
import { storage } from './storage.ts'
import { type LaunchOptions, system } from './system.ts'

type Functions = Record<string, ((options?: never) => unknown) | undefined>

/** The wx of one running mini-program. */
export interface Wx {
  /** What its modules see. */
  forProgram: Record<string, ((options?: object) => unknown) | undefined>
  navigateByTag(openType: string, url: string): unknown
  shareByButton(target: unknown): void
}

interface WxParts {
  program: Program
  device: Device
  stack: PageStack
  webViews: WebViewHost
  host: HTMLElement
  changed: () => void
  first: LaunchOptions
  latest: () => LaunchOptions
  /** The program was killed: whatever still runs of it changes nothing any more. */
  isGone: () => boolean
}

const byTag: Record<string, string> = {
  navigate: 'navigateTo',
  redirect: 'redirectTo',
  reLaunch: 'reLaunch',
  switchTab: 'switchTab',
  navigateBack: 'navigateBack',
}

/** Puts wx together. What it lacks is undefined, as on an old WeChat, and named on the console. */
export function createWx(parts: WxParts): Wx {
  const { program, device, stack, webViews, host, changed } = parts
  const size = () => ({ width: host.clientWidth, height: host.clientHeight })
  const functions = {
    ...navigation(program, stack),
    ...network(device),
    ...storage(localStorage, `phone/${device.name}/${device.person.id}/${device.miniProgramAppid}/`),
    ...screen(device, stack, changed),
    ...system(device, size, { first: parts.first, latest: parts.latest }),
    ...payment(device),
    showShareMenu: api('showShareMenu', async () => allowSharing(stack.pages.at(-1), true)),
    hideShareMenu: api('hideShareMenu', async () => allowSharing(stack.pages.at(-1), false)),
    canIUse: (schema: string): boolean => {
      const [first = ''] = schema.split('.')
      return first in functions || (builtInTags as readonly string[]).includes(first)
    },
  } as unknown as Functions
  const reported = new Set<string>()
  const forProgram = new Proxy(functions, {
    get(target, name) {
      const found = Reflect.get(target, name) as unknown
      if (found === undefined && typeof name === 'string' && !reported.has(name)) {
        reported.add(name)
        console.error(`[phone] wx.${name} is not part of this phone: add it to browser/runtime/wx/.`)
      }
      // The answer never comes, as no answer reaches a program that has been killed.
      return parts.isGone() && typeof found === 'function' ? () => new Promise(() => undefined) : found
    },
  }) as Wx['forProgram']
  return {
    forProgram,
    navigateByTag: (openType, url) => forProgram[byTag[openType] ?? 'navigateTo']?.({ url }),
    shareByButton(target) {
      const card = shareCardOf(stack, webViews, { from: 'button', target })
      if (card !== null) device.sendCard(card)
    },
  }
}

/** https://pay.weixin.qq.com/doc/v3/merchant/4012791858 */
function payment(device: Device) {
  return {
    requestPayment: api('requestPayment', async (launch: PaymentLaunch) => {
      const ending = await device.pay(device.miniProgramAppid, launch)
      if (ending.is === 'cancel') throw new ApiRefusal('cancel')
      if (ending.is === 'fail') throw new ApiRefusal(ending.detail)
    }),
  }
}
