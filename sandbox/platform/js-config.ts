import { createHash } from 'node:crypto'
import type { World } from '../world/world.ts'

/** One wx.config, as WeChat's client hands it over. */
export interface JsConfig {
  appid: string
  timestamp: string
  nonceStr: string
  signature: string
  /** The address of the page, as the shop's server knows it and as the page itself does. At WeChat they are one. */
  urls: string[]
}

/** Why wx.config fails. */
export interface JsConfigRefusal {
  /** What stands behind `config:fail,`. */
  errMsg: string
  /** For the developer: what WeChat keeps to itself. */
  reason: string
}

/**
 * Judges wx.config: the app, the signature, then the domain.
 * https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/JS-SDK.html#62 (signature), #66 (common errors)
 * @returns null when the page may use the JS-SDK
 */
export function judgeJsConfig(world: World, config: JsConfig): JsConfigRefusal | null {
  const { appid, signature } = config
  if (world.merchants.apps.get(appid)?.kind !== 'official-account')
    return { errMsg: 'invalid appid', reason: `${appid} is no official account: see GET /_sandbox/apps` }
  const ticket = world.jsapiTickets.find(appid)
  if (!ticket)
    return {
      errMsg: 'invalid signature',
      reason: 'this app has no jsapi_ticket in force: get one from /cgi-bin/ticket/getticket?type=jsapi',
    }
  const texts = config.urls.map((url) => signedText(ticket.value, config, url))
  if (!texts.some((text) => createHash('sha1').update(text).digest('hex') === signature.toLowerCase()))
    return {
      errMsg: 'invalid signature',
      reason: `the signature is not the SHA1 of ${texts.map((text) => `"${text}"`).join(' nor of ')}`,
    }
  return judgeDomain(world, config)
}

/** The four fields in the order of their names, as they are: nothing is encoded, and the url has no fragment. */
function signedText(ticket: string, { nonceStr, timestamp }: JsConfig, url: string): string {
  return `jsapi_ticket=${ticket}&noncestr=${nonceStr}&timestamp=${timestamp}&url=${url.split('#')[0] ?? ''}`
}

/** JS接口安全域名 name hosts, without a scheme or a port. */
function judgeDomain(world: World, { appid, urls: [url = ''] }: JsConfig): JsConfigRefusal | null {
  const fallback = world.h5Host === null ? null : [world.h5Host]
  const domains = world.settings.of(appid).jsDomains ?? fallback
  const host = URL.parse(url)?.hostname ?? ''
  if (domains === null || domains.includes(host)) return null
  return {
    errMsg: 'invalid url domain',
    reason: `${host} is none of the app's JS接口安全域名: ${domains.join(', ') || 'there are none'}`,
  }
}
