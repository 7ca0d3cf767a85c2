import { findProfile, profiles } from '../../../phone/profiles.ts'
import { language } from '../words/t.ts'

/** A phone on the desk. */
export interface DeskPhone {
  /** Its name at the sandbox: a, b, … */
  name: string
  /** The person's id. */
  user: string
  profile: string
  /** What WeChat opens; other clients have their pages only. */
  entry: 'mini-program' | 'official' | 'conversations'
}

/** In px, with a little air around. */
export interface Size {
  width: number
  height: number
}

const firstProfile = profiles[0]?.id ?? 'ios'

/** What stands there at first: one phone each of the two people who exist from the start. */
export const firstPhones: readonly DeskPhone[] = [
  { name: 'a', user: 'alice', profile: firstProfile, entry: 'mini-program' },
  { name: 'b', user: 'bob', profile: firstProfile, entry: 'official' },
]

/** One more, of somebody. Its name is free among those that are there. */
export function nextPhone(phones: readonly DeskPhone[], user: string): DeskPhone {
  const taken = new Set(phones.map(({ name }) => name))
  const name = [...'abcdefghijklmnopqrstuvwxyz'].find((letter) => !taken.has(letter)) ?? 'z'
  return { name, user, profile: firstProfile, entry: 'mini-program' }
}

/** Whether it is WeChat, which may be entered in several ways. */
export const isWeChat = ({ profile }: Pick<DeskPhone, 'profile'>): boolean =>
  findProfile(profile)?.client === 'wechat'

/** Of a page in a window on a computer, in px. */
export const WINDOW_WIDTH = 912

/** How large it is drawn at first; it is made smaller to fit, never larger. */
export function naturalSize({ profile, entry }: Pick<DeskPhone, 'profile' | 'entry'>): Size {
  const height = 812
  if (findProfile(profile)?.form !== 'window') return { width: 407, height }
  return { width: isWeChat({ profile }) && entry === 'mini-program' ? 426 : WINDOW_WIDTH, height }
}

/** The address of a phone's page, e.g. /phone/?phones=a:alice&profile=ios. */
export function phoneAddress({ name, user, profile, entry }: DeskPhone, isDark: boolean): string {
  const query = new URLSearchParams({ phones: `${name}:${user}`, profile })
  if (entry !== 'mini-program' && isWeChat({ profile })) query.set('entry', entry)
  if (isDark) query.set('theme', 'dark')
  if (language() === 'en') query.set('lang', 'en')
  return `/phone/?${query.toString()}`
}
