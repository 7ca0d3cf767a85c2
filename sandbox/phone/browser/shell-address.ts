import type { Language } from '../profiles.ts'

/** What the window's address asks for. */
export interface ShellAddress {
  /** Which phones stand in the window, and whose they are. */
  phones: { name: string; user: string; profile: string }[]
  /** Of the phones that name none. */
  profile: string
  theme: 'light' | 'dark'
  language: Language
  font: 'normal' | 'large'
  /** What WeChat opens. conversations: its first screen. Other clients have their pages only. */
  entry: 'mini-program' | 'official-account' | 'conversations'
  /** Page of the mini-program, or address of the official account's page, that is opened cold; empty: the first one. */
  page: string
  scene: number
}

/** 1001: the list of recent mini-programs, which is how a visitor finds this one. */
const DEFAULT_SCENE = 1001

/**
 * Reads e.g. `/phone/?profile=ios&user=alice`, `/phone/?entry=official&user=bob`,
 * `/phone/?phones=a:alice,b:bob&theme=dark`, `/phone/?phones=a:alice:pc,b:alice:ios&entry=conversations`,
 * `/phone/?page=%2Fpages%2Fpay%2Fpay%3Fpayment%3D…&scene=1007`.
 * Whatever makes no sense becomes the default.
 */
export function readShellAddress(search: string): ShellAddress {
  const given = new URLSearchParams(search)
  const user = given.get('user') ?? 'alice'
  const profile = given.get('profile') ?? 'ios'
  const entry = given.get('entry') ?? ''
  const phones = (given.get('phones') ?? '')
    .split(',')
    .map((phone) => /^([a-z][a-z0-9]{0,15})(?::([\w-]+))?(?::([\w-]+))?$/.exec(phone.trim()))
    .filter((match) => match !== null)
    .map(([, name, holder, device]) => ({
      name: name ?? 'a',
      user: holder ?? user,
      profile: device ?? profile,
    }))
    .filter(({ name }, index, all) => all.findIndex((other) => other.name === name) === index)
  return {
    phones: phones.length > 0 ? phones : [{ name: 'a', user, profile }],
    profile,
    theme: given.get('theme') === 'dark' ? 'dark' : 'light',
    language: given.get('lang') === 'en' ? 'en' : 'zh-CN',
    font: given.get('font') === 'large' ? 'large' : 'normal',
    entry: entry.startsWith('official')
      ? 'official-account'
      : entry === 'conversations'
        ? entry
        : 'mini-program',
    page: given.get('page') ?? '',
    scene: Number(given.get('scene')) || DEFAULT_SCENE,
  }
}
