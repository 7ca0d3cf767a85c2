import { type Client, findProfile, profiles } from '../profiles.ts'
import { element } from './element.ts'
import type { Person } from './sandbox.ts'
import type { ShellAddress } from './shell-address.ts'

/** The panel beside the phones: what this is, and what may be chosen. Every choice is an address, so it can be kept. */
export function drawPicker(address: ShellAddress, people: readonly Person[]): HTMLElement {
  const [first] = address.phones
  const isTwo = address.phones.length > 1
  const current: Record<string, string> = {
    ...(isTwo && { phones: address.phones.map((phone) => written(phone, address.profile)).join(',') }),
    ...(!isTwo && first?.user !== 'alice' && { user: first?.user ?? 'alice' }),
    ...(address.profile !== 'ios' && { profile: address.profile }),
    ...(address.entry !== 'mini-program' && { entry: address.entry }),
    ...(address.theme !== 'light' && { theme: address.theme }),
    ...(address.language !== 'zh-CN' && { lang: address.language }),
    ...(address.font !== 'normal' && { font: address.font }),
  }
  const link = (change: Record<string, string | null>): string => {
    const merged = Object.entries({ ...current, ...change }).filter(
      (pair): pair is [string, string] => pair[1] !== null,
    )
    const search = new URLSearchParams(merged).toString()
    return search === '' ? '/phone/' : `/phone/?${search}`
  }
  const two = `a:${people[0]?.id},b:${people[1]?.id}`
  // What a computer's page shows as a code is scanned by the phone beside it.
  const withComputer = `a:${people[0]?.id}:pc,b:${people[0]?.id}`
  const shown = current.phones
  const who = people.map((person) =>
    choice(person.name, link({ user: person.id, phones: null }), !isTwo && first?.user === person.id),
  )
  if (people.length > 1)
    who.push(choice('两人两部', link({ user: null, phones: two, entry: null }), shown === two))
  who.push(
    choice(
      '电脑和手机',
      link({ user: null, phones: withComputer, profile: null, entry: 'conversations' }),
      shown === withComputer,
    ),
  )
  const isInWeChat = address.phones.some(({ profile }) => findProfile(profile)?.client === 'wechat')
  return element(
    'aside.picker',
    {},
    element('h1', {}, '桥付'),
    element('p.picker-lead', {}, '手机和电脑都是沙箱里的：跑的是真实的小程序源码和网页，钱也是沙箱里的。'),
    group('谁在用', who),
    ...devices((id) => link({ profile: id, page: null, phones: null }), isTwo ? '' : (first?.profile ?? '')),
    ...(isInWeChat
      ? [
          group('从哪里进', [
            choice('小程序', link({ entry: null }), address.entry === 'mini-program'),
            choice('公众号', link({ entry: 'official-account' }), address.entry === 'official-account'),
            choice('会话', link({ entry: 'conversations' }), address.entry === 'conversations'),
          ]),
        ]
      : []),
    group('外观', [
      choice('浅色', link({ theme: null }), address.theme === 'light'),
      choice('深色', link({ theme: 'dark' }), address.theme === 'dark'),
    ]),
    group('语言', [
      choice('中文', link({ lang: null }), address.language === 'zh-CN'),
      choice('English', link({ lang: 'en' }), address.language === 'en'),
    ]),
    group('字号', [
      choice('标准', link({ font: null }), address.font === 'normal'),
      choice('大字', link({ font: 'large' }), address.font === 'large'),
    ]),
  )
}

const clients: readonly [Client, string][] = [
  ['wechat', '微信'],
  ['browser', '浏览器'],
  ['alipay', '支付宝'],
  ['wecom', '企业微信'],
  ['host', '别的应用'],
]

/** The devices, by the program that they show pages in. */
function devices(linkTo: (id: string) => string, current: string): HTMLElement[] {
  return clients.map(([client, title]) => {
    const rows = profiles.filter((profile) => profile.client === client)
    return group(
      title,
      rows.map(({ id, name }) => choice(name, linkTo(id), id === current)),
    )
  })
}

function group(title: string, choices: HTMLElement[]): HTMLElement {
  return element(
    'nav.picker-group',
    { 'aria-label': title },
    element('h2', {}, title),
    element('div', {}, ...choices),
  )
}

function choice(label: string, href: string, isCurrent: boolean): HTMLElement {
  return element('a', { href, 'aria-current': isCurrent && 'true' }, label)
}

/** A phone as the window's address writes it; the usual device is named once for all. */
function written({ name, user, profile }: ShellAddress['phones'][number], usual: string): string {
  return profile === usual ? `${name}:${user}` : `${name}:${user}:${profile}`
}
