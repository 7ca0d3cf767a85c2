import type { AppsSettings } from './app-settings.ts'
import type { BusinessClock } from './clock.ts'
import type { Journal, Register } from './journal.ts'
import type { Quotas } from './quotas.ts'
import { letters } from './random.ts'

/** Which version of the mini-program a link opens. */
export type EnvVersion = 'release' | 'trial' | 'develop'

/** A way into a mini-program from outside WeChat. */
export interface Link {
  /** What stands in the address: http://…/wxaurl/TICKET (WeChat's: https://wxaurl.cn/TICKET) or weixin://dl/business/?t=TICKET. */
  ticket: string
  kind: 'url-link' | 'scheme'
  appid: string
  /** Without a slash in front; empty: the first page. */
  path: string
  query: string
  envVersion: EnvVersion
  createdAtMs: number
  expiresAtMs: number
}

/** What opening a link does: which mini-program comes to the front, where, and how it says it was opened. */
export interface OpenedLink {
  appid: string
  path: string
  query: string
  scene: number
}

/** Why a link opens nothing. */
export type DeadLink = 'unknown' | 'expired' | 'used-up'

/** All links that were made. */
export interface Links {
  register: Register
  /** Null: today's are used up. */
  make(given: Omit<Link, 'ticket' | 'createdAtMs'>): Link | null
  find(ticket: string): Link | undefined
  /** What was written in an address; undefined when the address is no link at all. */
  read(url: string): { ticket: string; more: string } | undefined
  /** Opens an address of either kind; counts against the day. */
  open(url: string): OpenedLink | DeadLink
  opensLeft(appid: string): number
}

/**
 * Where a mini-program says it was opened from: 1194 by URL Link, 1065 by URL Scheme.
 * https://developers.weixin.qq.com/miniprogram/dev/reference/scene-list.html
 */
const SCENE = { 'url-link': 1194, scheme: 1065 } as const

/** https://developers.weixin.qq.com/miniprogram/dev/framework/open-ability/url-link.html */
const URL_LINK =
  /^https?:\/\/(?:wxaurl\.cn|wxmpurl\.cn|[^/?#]+\/wxaurl)\/([0-9A-Za-z]{1,64})(?:\?([^#]*))?(?:#.*)?$/
const SCHEME = /^weixin:\/\/dl\/business\/?\?([^#]*)/
/** What a merchant may append to a URL Link itself, as cq. */
const MORE_LENGTH = 256

export function createLinks(
  clock: BusinessClock,
  settings: AppsSettings,
  quotas: Quotas,
  journal: () => Journal,
): Links {
  const links = new Map<string, Link>()
  const read: Links['read'] = (url) => {
    const [, inPath, behind] = URL_LINK.exec(url) ?? []
    const search = new URLSearchParams(behind ?? SCHEME.exec(url)?.[1] ?? '')
    const ticket = inPath ?? search.get('t')
    if (ticket === null) return undefined
    const more = search.get('cq') ?? ''
    return { ticket, more: more.length <= MORE_LENGTH ? more : '' }
  }
  return {
    register: {
      kind: 'link',
      entities: () => links.values(),
      load: (link: Link) => void links.set(link.ticket, link),
      clear: () => links.clear(),
    },
    make(given) {
      const { linksADay } = settings.of(given.appid)
      if (!quotas.takeInDay(`links ${given.appid}`, linksADay)) return null
      const link = {
        ...given,
        ticket: letters(given.kind === 'scheme' ? 22 : 11),
        createdAtMs: clock.nowMs(),
      }
      links.set(link.ticket, link)
      journal().append('link', link)
      return link
    },
    find: (ticket) => links.get(ticket),
    read,
    open(url) {
      const written = read(url)
      const link = written && links.get(written.ticket)
      if (!link) return 'unknown'
      if (link.expiresAtMs <= clock.nowMs()) return 'expired'
      const { appid, path, kind } = link
      if (!quotas.takeInDay(`link opens ${appid}`, settings.of(appid).linkOpensADay)) return 'used-up'
      const query = [link.query, written?.more].filter(Boolean).join('&')
      return { appid, path, query, scene: SCENE[kind] }
    },
    opensLeft: (appid) => quotas.leftInDay(`link opens ${appid}`, settings.of(appid).linkOpensADay),
  }
}
