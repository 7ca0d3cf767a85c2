import type { Program } from '../../../program.ts'
import type { Device } from '../../device.ts'
import type { PaymentLaunch } from '../../sandbox.ts'
import { builtInTags } from '../../../compile/tags.ts'
import type { Foreground } from '../foreground.ts'
import type { LaunchOptions } from '../launch-options.ts'
import type { Outside } from '../outside.ts'
import type { PageStack } from '../page-stack.ts'
import { allowSharing, shareCardOf } from '../share.ts'
import type { WebViewHost } from '../web-view-host.ts'
import { ApiRefusal, api } from './call.ts'
import { elsewhere } from './elsewhere.ts'
import { everyday } from './everyday.ts'
import { lacking } from './lacking.ts'
import { navigation } from './navigation.ts'
import { network } from './network.ts'
import { screen } from './screen.ts'
import { storage } from './storage.ts'
import { system } from './system.ts'

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
  foreground: Foreground
  outside: Outside
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

/** Puts wx together. What it lacks fails in words, what WeChat has never had is undefined; both are named on the console. */
export function createWx(parts: WxParts): Wx {
  const { program, device, stack, webViews, host, changed, foreground } = parts
  const own = `phone/${device.name}/${device.person.id}/${device.miniProgramAppid}`
  const sessionKey = `phone-session/${own}`
  const size = () => ({ width: host.clientWidth, height: host.clientHeight })
  const functions = {
    ...navigation(program, stack),
    ...network(device, sessionKey),
    ...storage(localStorage, `${own}/`),
    ...screen(device, stack, changed),
    ...system(device, size, { first: parts.first, latest: foreground.latest }),
    ...payment(device),
    ...elsewhere({ device, foreground, outside: parts.outside }),
    ...everyday(device, sessionKey),
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
      const own = Reflect.get(target, name) as unknown
      if (own === undefined && typeof name === 'string' && !reported.has(name)) {
        reported.add(name)
        console.error(`[phone] wx.${name} is not part of this phone: add it to browser/runtime/wx/.`)
      }
      const found = own ?? (typeof name === 'string' ? lacking(name) : undefined)
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

/**
 * https://pay.weixin.qq.com/doc/v3/merchant/4012791858 and, with a part that the medical insurance pays,
 * https://pay.weixin.qq.com/doc/v3/partner/4012166993
 */
function payment(device: Device) {
  const pay = async (launch: PaymentLaunch) => {
    const ending = await device.pay(device.miniProgramAppid, launch)
    if (ending.is === 'cancel') throw new ApiRefusal('cancel')
    if (ending.is === 'fail') throw new ApiRefusal(ending.detail)
  }
  return {
    requestPayment: api('requestPayment', (launch: PaymentLaunch) =>
      pay({ ...launch, mixTradeNo: undefined }),
    ),
    requestMedicalInsurancePay: api('requestMedicalInsurancePay', async (launch: PaymentLaunch) => {
      if (typeof launch.mixTradeNo !== 'string' || launch.mixTradeNo === '')
        throw new ApiRefusal('parameter error: parameter.mixTradeNo should be String')
      await pay(launch)
    }),
  }
}
