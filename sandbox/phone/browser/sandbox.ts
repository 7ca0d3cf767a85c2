/** A person of the sandbox. */
export interface Person {
  id: string
  name: string
  phoneNumber: string
  balanceFen: number
}

/** The five signed parameters of a launch, as the page or the mini-program gave them: anything may be missing. */
export interface PaymentLaunch {
  /** Only of wx.requestMedicalInsurancePay. */
  mixTradeNo?: unknown
  timeStamp?: unknown
  nonceStr?: unknown
  package?: unknown
  signType?: unknown
  paySign?: unknown
}

/** The cashier is open. */
export interface OpenCashier {
  cashierId: string
  /** What the person's own purse is to give. */
  amountFen: number
  /** What the medical insurance gives; absent where there is none. */
  insuranceFen?: number
  description: string
  merchantName: string
  balanceFen: number
  /** The person paid the same a moment ago; absent: they did not. */
  warning?: string
}

/** The cashier says no: `message` is what the person reads, `errMsg` what the program is told. */
export interface CashierRefusal {
  errMsg: string
  message: string
  /** For developers: what WeChat would keep to itself. */
  reason?: string
}

/** wx.config failed: `errMsg` is what the page is told, `reason` is for developers. */
export interface JsConfigRefusal {
  errMsg: string
  reason: string
}

/** What a person can do at the cashier. lost: paid, but the program never hears; killed: the app dies unpaid. */
export type CashierOutcome =
  'paid' | 'cancelled' | 'wrong-password' | 'not-enough' | 'risk' | 'lost' | 'killed'

/** How the cashier ended for the program; none: it never hears. isOver: after this failure nobody can try again. */
export type CashierResult =
  { result: 'ok' | 'cancel' | 'fail' | 'none'; message?: string; isOver?: boolean } | CashierRefusal

/** Who is who in the sandbox, and what the phone opens. */
export interface Surroundings {
  people: Person[]
  miniProgramAppid: string
  /** Origin of the H5, or null when the sandbox was started without one. */
  h5Url: string | null
}

/** Tells this window from others that show the same phone. */
const windowId = crypto.randomUUID()

/** The sandbox's control routes, which the phone uses as WeChat's client uses WeChat's servers. */
export const sandbox = {
  async surroundings(): Promise<Surroundings> {
    const [{ users }, { merchants }, { h5Url }] = await Promise.all([
      ask<{ users: Person[] }>('/_sandbox/users'),
      ask<{ merchants: { appids: { appid: string; kind: string }[] }[] }>('/_sandbox/merchants'),
      ask<{ h5Url: string | null }>('/_sandbox/phone'),
    ])
    const apps = merchants.flatMap((merchant) => merchant.appids)
    return {
      people: users,
      miniProgramAppid: apps.find((app) => app.kind === 'mini-program')?.appid ?? '',
      h5Url,
    }
  },
  /** Tells the proxy what the phone is and shows next. @returns where its web pages live, and its label there */
  switchOn: (name: string, settings: object) =>
    ask<{ label: string; origin: string }>(
      `/_sandbox/phones/${name}`,
      { window: windowId, ...settings },
      'PUT',
    ),
  /** The window closes: whoever opens this phone next gets its plain name. */
  switchOff: (label: string) =>
    navigator.sendBeacon(
      `/_sandbox/phones/${label}/off`,
      new Blob([JSON.stringify({ window: windowId })], { type: 'application/json' }),
    ),
  loginCode: (user: string, appid: string) =>
    ask<{ code: string }>('/_sandbox/codes', { user, appid }).then(({ code }) => code),
  phoneCode: (user: string, appid: string) =>
    ask<{ code: string }>('/_sandbox/phone-codes', { user, appid }).then(({ code }) => code),
  openLink: (url: string) =>
    ask<{ path: string; query: string; scene: number } | { message: string }>(
      '/_sandbox/links/open',
      { url },
      'POST',
      [404, 410],
    ),
  apps: () => ask<{ apps: { appid: string; name: string }[] }>('/_sandbox/apps').then(({ apps }) => apps),
  request: (label: string, request: object) =>
    ask<
      | { statusCode: number; header: Record<string, string>; cookies: string[]; body: string }
      | { fail: string }
    >(`/_sandbox/phones/${label}/requests`, request),
  /** @returns why wx.config fails, or null */
  judgeJsConfig: (config: object) =>
    ask<JsConfigRefusal | Record<string, never>>('/_sandbox/js-config', config, 'POST', [422]).then(
      (answer) => ('errMsg' in answer ? (answer as JsConfigRefusal) : null),
    ),
  openCashier: (user: string, appid: string, launch: PaymentLaunch, page?: string) =>
    ask<OpenCashier | CashierRefusal>('/_sandbox/cashier', { ...launch, user, appid, page }, 'POST', [422]),
  openPayLink: (user: string, link: string) =>
    ask<OpenCashier | CashierRefusal>('/_sandbox/cashier/link', { user, link }, 'POST', [422]),
  act: (cashierId: string, outcome: CashierOutcome) =>
    ask<CashierResult>(`/_sandbox/cashier/${cashierId}`, { outcome }, 'POST', [422]),
}

/** @throws Error in words for the person at the phone when the sandbox does not answer as expected */
async function ask<Answer>(
  path: string,
  body?: object,
  method = body ? 'POST' : 'GET',
  accepted: number[] = [],
): Promise<Answer> {
  const init = body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
  const answer = await fetch(path, { method, ...init }).catch(() => null)
  if (answer === null) throw new Error('沙箱没有应答，请确认它还在运行。')
  if (!answer.ok && !accepted.includes(answer.status)) {
    throw new Error(
      `沙箱拒绝了 ${method} ${path}（${answer.status}）：${(await answer.text()).slice(0, 200)}`,
    )
  }
  return (await answer.json()) as Answer
}
