import type { Profile } from '../../profiles.ts'
import type { Program } from '../../program.ts'
import type { WebStorage } from '../device.ts'
import { type Person, type Surroundings, sandbox } from '../sandbox.ts'
import type { ShellAddress } from '../shell-address.ts'
import type { ReceivedCard } from './conversations.ts'
import type { PhoneHandle } from './handle.ts'
import { createWebStorage } from './web-storage.ts'

/** A phone in the window. */
export interface Phone {
  name: string
  person: Person
  body: HTMLElement
  handle: PhoneHandle
  /** Somebody sends this phone a card. */
  receive(card: ReceivedCard): void
}

/** What a phone is made from. */
export interface PhoneParts {
  name: string
  person: Person
  profile: Profile
  address: ShellAddress
  surroundings: Surroundings
  program: Program
  /** Passes a card on; the window decides to whom, and answers with that name. */
  sendCard(card: ReceivedCard): string
}

/** A phone as the proxy knows it. */
export interface Place {
  /** Its name at the proxy: the same, unless another window has this phone on. */
  label: string
  /** http://a.localhost:4010: where its web pages live. */
  origin: string
  webStorage: WebStorage
  /** Tells the proxy whose web pages come next: a mini-program's, or (null) those of a browser. */
  register(miniProgramAppid: string | null): Promise<unknown>
}

/** Makes the phone known to the proxy, until its window closes. */
export async function registerPhone(parts: PhoneParts, miniProgramAppid: string | null): Promise<Place> {
  const { name, person, profile, address } = parts
  const { theme, language, font } = address
  const register = (appid: string | null) =>
    sandbox.switchOn(name, {
      user: person.id,
      profile: profile.id,
      language,
      theme,
      font,
      miniProgramAppid: appid,
    })
  const { label, origin } = await register(miniProgramAppid)
  window.addEventListener('pagehide', () => sandbox.switchOff(label))
  const key = `phone/${name}/${person.id}/web`
  return {
    label,
    origin,
    register,
    // Each program on a phone keeps a storage of its own, as it keeps its own cookies.
    webStorage: createWebStorage(
      localStorage,
      profile.client === 'wechat' ? key : `${key}/${profile.client}`,
    ),
  }
}

/** What the window's address opens first in a browser: its page, else the H5. */
export function firstPage({ address, surroundings }: PhoneParts): string {
  return address.page || `${surroundings.h5Url ?? ''}/`
}
