import type { World } from '../world/world.ts'
import { createCookieJar, type CookieJar } from './proxy/cookie-jar.ts'
import { type Language, type Profile, findProfile } from './profiles.ts'

/** A phone as the proxy must know it: who holds it, which device it is, and what its WeChat is showing. */
export interface Phone {
  /** Its label in host names: the phone's own name, with a number when another window has that phone on. */
  label: string
  /** The window that has it on. */
  window: string
  /** The person's id in the sandbox. */
  user: string
  profile: Profile
  language: Language
  theme: 'light' | 'dark'
  font: 'normal' | 'large'
  /** The mini-program whose web-view the phone shows; null in the official account's browser. */
  miniProgramAppid: string | null
  /** The origin of the page that draws the phone; the bridge talks to no other. */
  shellOrigin: string
  /** What the network sees, from the block kept for documents (RFC 5737). */
  ipAddress: string
  cookies: CookieJar
}

/** What the page tells about a phone: PUT /_sandbox/phones/{name} */
export type PhoneSettings = Pick<
  Phone,
  'window' | 'user' | 'language' | 'theme' | 'font' | 'miniProgramAppid' | 'shellOrigin'
> & {
  profile: string
}

/** The phones that are switched on in one world. */
export interface PhoneRegistry {
  find(label: string): Phone | undefined
  /**
   * Switches a phone on, or changes what it shows. Two windows may have the same phone on, one at the mini-program
   * and one at the official account: each gets a label of its own, and the person's cookies are the same.
   * @throws TypeError when the profile is unknown
   */
  switchOn(name: string, settings: PhoneSettings): Phone
  /** The window has closed. */
  switchOff(label: string, window: string): void
  /** Forgets all cookies; the phones stay on, so that an open window goes on, signed out. */
  clear(): void
}

/** What the phone needs of the sandbox's world. */
export type PhoneWorld = Pick<World, 'addRegister' | 'people'>

const registries = new WeakMap<PhoneWorld, PhoneRegistry>()

/** The registry of a world: the routes write it, the proxy reads it. First asked for before the world opens. */
export function phonesOf(world: PhoneWorld): PhoneRegistry {
  const known = registries.get(world)
  if (known !== undefined) return known
  const registry = createPhoneRegistry()
  registries.set(world, registry)
  // Cookies do not outlive the sandbox, and a reset of the world signs everybody out.
  world.addRegister({ kind: 'phone', entities: () => [], load: () => {}, clear: registry.clear })
  return registry
}

function createPhoneRegistry(): PhoneRegistry {
  const phones = new Map<string, Phone>()
  // A cookie belongs to the person: handing a phone to somebody else must not hand over the session.
  const jars = new Map<string, CookieJar>()
  const labelFor = (name: string, window: string): string => {
    for (let number = 1; ; number += 1) {
      const label = number === 1 ? name : `${name}${number}`
      const holder = phones.get(label)?.window
      if (holder === undefined || holder === window) return label
    }
  }
  return {
    find: (label) => phones.get(label),
    clear: () => jars.forEach((jar) => jar.clear()),
    switchOn(name, settings) {
      const profile = findProfile(settings.profile)
      if (profile === undefined) throw new TypeError(`no device profile "${settings.profile}"`)
      const owner = `${name}/${settings.user}`
      // Each program on a phone keeps cookies of its own: Safari knows nothing of a session in WeChat.
      const jar = `${owner}/${profile.client}`
      const cookies = jars.get(jar) ?? createCookieJar()
      jars.set(jar, cookies)
      const label = labelFor(name, settings.window)
      const phone: Phone = { ...settings, label, profile, ipAddress: ipAddressOf(owner), cookies }
      phones.set(label, phone)
      return phone
    },
    switchOff(label, window) {
      if (phones.get(label)?.window === window) phones.delete(label)
    },
  }
}

/** An address for each person's phone. */
function ipAddressOf(owner: string): string {
  const sum = [...owner].reduce((total, letter) => (total * 31 + letter.charCodeAt(0)) % 250, 0)
  return `203.0.113.${sum + 1}`
}
