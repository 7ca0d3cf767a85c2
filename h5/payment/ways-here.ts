import type { Entry, EntryKind, EntryList } from '../../contract/entry.ts'
import type { PaymentRequest, PaymentWay } from '../../contract/payment.ts'
import { send } from '../api/send.ts'
import type { Environment } from '../entry/environment.ts'

/** One way to pay that can be opened here. */
export interface WayHere {
  way: PaymentWay
  /** What the server is asked for. */
  request: PaymentRequest
}

type Collecting = [way: PaymentWay, kind: EntryKind]

const own = {
  wechat: ['jsapi', 'official-account'],
  h5: ['h5', 'mobile-browser'],
  qr: ['native-qr', 'pc-browser'],
  alipayPhone: ['alipay-wap', 'alipay'],
  alipayPc: ['alipay-page', 'alipay'],
  miniProgram: ['mini-program', 'mini-program'],
} satisfies Record<string, Collecting>

/** What can be opened where, the best first. A user agent may be wrong, so there is another way wherever there can be. */
const openable: Record<Environment, Collecting[]> = {
  // WeChat wants its mini-programs and pages to collect by their own cashier: no code for another phone in them.
  'mini-program': [own.miniProgram],
  wechat: [own.wechat],
  // WeChat on a PC knows who somebody is and opens no cashier: the PC's entry collects, by a code for the phone.
  'wechat-pc': [own.qr, own.wechat],
  // WeCom calls itself MicroMessenger, and H5 pay refuses every client that does.
  wecom: [own.qr, own.alipayPhone, own.h5],
  'wecom-pc': [own.qr, own.alipayPc],
  // A buyer whose Alipay does not pay scans the code with another phone.
  alipay: [own.alipayPhone, own.qr],
  // Its host opens no other app and shows the pages of registered domains only: a code on the screen always works.
  'other-mini-program': [own.qr, own.alipayPhone, own.h5],
  phone: [own.h5, own.alipayPhone, own.qr],
  pc: [own.qr, own.alipayPc],
}

/** The ways to pay here among the shop's entries, the suggested one first. Pure. */
export function waysAmong(entries: Entry[], environment: Environment, doorCode: string): WayHere[] {
  return openable[environment].flatMap(([way, kind]): WayHere[] => {
    const rows = entries.filter((entry) => entry.kind === kind)
    const collector = rows.find(({ code }) => code === doorCode) ?? rows[0]
    if (!collector) return []
    // Whoever knows its customers collects from its own door only.
    const isNamed = way === 'jsapi' || way === 'mini-program'
    if (isNamed && collector.code !== doorCode) return []
    return [{ way, request: collector.code === doorCode ? { way } : { collectBy: collector.code, way } }]
  })
}

/** The same for this page; the server is asked once, and only where there is something to choose. */
export async function waysHere(environment: Environment, doorCode: string): Promise<WayHere[]> {
  if (openable[environment].length === 1) return []
  asked ??= send<EntryList>('/api/entries').catch((error: unknown) => {
    asked = null
    throw error
  })
  return waysAmong((await asked).entries, environment, doorCode)
}

let asked: Promise<EntryList> | null = null
