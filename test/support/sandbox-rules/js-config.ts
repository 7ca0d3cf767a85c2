import { jsapiTicket, signJsConfig } from '../js-config.ts'
import type { Reply } from '../sandbox-client.ts'
import { appOf, whileSet } from './app.ts'
import { HOUR_MS, MINUTE_MS } from './rule.ts'
import type { Rule, Stage } from './rule.ts'

const PAGE = 'https://shop.example/orders/1?from=chat'

interface Config {
  appid?: string
  /** What the server signed. */
  signed?: string
  /** Where the page stands. */
  page?: string
  /** Between the signature and wx.config. */
  ageMs?: number
}

/** wx.config of a page, as the phone hands it over. */
async function config(stage: Stage, { appid, signed = PAGE, page = PAGE, ageMs = 0 }: Config = {}) {
  const app = appOf(stage, 'official-account')
  const ticket = await jsapiTicket(stage.sandbox, app)
  const { appId, timestamp, ...rest } = signJsConfig(ticket, appid ?? app.appid, signed)
  if (ageMs > 0) await stage.advance(ageMs)
  const given = { appid: appId, timestamp: String(timestamp), ...rest, urls: [page] }
  return stage.sandbox.control('/js-config', given)
}

const from = (stage: Stage, jsDomains: string[]): Promise<Reply> =>
  whileSet(stage, { jsDomains }, () => config(stage), appOf(stage, 'official-account').appid)

/** A ticket that has just begun. */
async function aged(stage: Stage, ageMs: number): Promise<Reply> {
  await stage.advance(2 * HOUR_MS)
  return config(stage, { ageMs })
}

/** What wx.config of a web page is judged by. */
export const JS_CONFIG_RULES: Rule[] = [
  {
    id: 'js-config.appid',
    broken: (stage) => config(stage, { appid: stage.miniAppid }),
    answers: { status: 422, errMsg: 'invalid appid' },
    kept: (stage) => config(stage),
  },
  {
    id: 'js-config.signature',
    broken: (stage) => config(stage, { signed: 'https://shop.example/orders/1' }),
    answers: { status: 422, errMsg: 'invalid signature' },
    kept: (stage) => config(stage),
  },
  {
    id: 'js-config.no-fragment',
    broken: (stage) => config(stage, { signed: `${PAGE}#paid`, page: `${PAGE}#paid` }),
    answers: { status: 422, errMsg: 'invalid signature' },
    kept: (stage) => config(stage, { page: `${PAGE}#paid` }),
  },
  {
    id: 'js-config.nothing-encoded',
    broken: (stage) => config(stage, { signed: encodeURIComponent(PAGE) }),
    answers: { status: 422, errMsg: 'invalid signature' },
    kept: (stage) => config(stage),
  },
  {
    id: 'js-config.ticket-two-hours',
    broken: (stage) => aged(stage, 2 * HOUR_MS),
    answers: { status: 422, errMsg: 'invalid signature' },
    kept: (stage) => aged(stage, 2 * HOUR_MS - MINUTE_MS),
  },
  {
    id: 'js-config.domain',
    broken: (stage) => from(stage, ['example.com']),
    answers: { status: 422, errMsg: 'invalid url domain' },
    kept: (stage) => from(stage, ['example.com', 'shop.example']),
  },
]
