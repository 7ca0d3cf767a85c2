import { profiles } from '../../../phone/profiles.ts'
import { language } from '../words/t.ts'

/** A phone on the desk. */
export interface DeskPhone {
  /** Its name at the sandbox: a, b, … */
  name: string
  /** The person's id. */
  user: string
  profile: string
  entry: 'mini-program' | 'official'
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

/** The address of a phone's page, e.g. /phone/?phones=a:alice&profile=ios. */
export function phoneAddress({ name, user, profile, entry }: DeskPhone, isDark: boolean): string {
  const query = new URLSearchParams({ phones: `${name}:${user}`, profile })
  if (entry === 'official') query.set('entry', 'official')
  if (isDark) query.set('theme', 'dark')
  if (language() === 'en') query.set('lang', 'en')
  return `/phone/?${query.toString()}`
}
