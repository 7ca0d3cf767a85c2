import { hash, randomBytes } from 'node:crypto'
import type { Journal, Register } from './journal.ts'
import type { App } from './merchants.ts'
import { createOpenids, derive } from './openids.ts'

/** A WeChat user. */
export interface Person {
  /** Short name used by people and tests: alice. */
  id: string
  name: string
  unionid: string
  balanceFen: number
  /** Drawn once; openids are derived from it, so a person has one under every app, also a later one. */
  seed: string
  /** Pages of official accounts open as snapshots: OAuth gives a virtual account. */
  isSnapshot: boolean
  /** WeChat judges this person a risk: mini-programs cannot sign them in. */
  isHighRisk: boolean
}

/** What may be changed about a person. */
export type PersonChanges = Partial<Pick<Person, 'isSnapshot' | 'isHighRisk'>>

/** A person as the control plane shows one. */
export interface PersonView {
  id: string
  name: string
  unionid: string
  balanceFen: number
  phoneNumber: string
  isSnapshot: boolean
  isHighRisk: boolean
  openids: Record<string, string>
}

/** Everybody who has WeChat here. */
export interface People {
  register: Register
  find(id: string): Person | undefined
  /** Whose openid this is under that appid. */
  byOpenid(appid: string, openid: string): Person | undefined
  openid(person: Person, appid: string): string
  /** Who a snapshot page believes the person to be: no order and no payment knows these. */
  virtualAccount(person: Person, appid: string): { openid: string; unionid: string }
  /** Eleven digits, always the same. */
  phoneNumber(person: Person): string
  add(given: { id: string; name: string; balanceFen: number }): Person
  changeBalance(person: Person, byFen: number): void
  change(person: Person, changes: PersonChanges): void
  view(person: Person): PersonView
  all(): Person[]
  /**
   * Back to the people who exist from the start. Those who were there `before` keep their openids: whoever knows them
   * by these goes on knowing them.
   */
  reset(before: readonly Person[]): void
}

const START_BALANCE_FEN = 10_000_000
const FIRST_PEOPLE = [
  { id: 'alice', name: '小林' },
  { id: 'bob', name: '小周' },
]

const freshSeed = () => randomBytes(12).toString('base64url')

/** Made to look like a mobile number; 1380013 is a block of the operator's own lines. */
function phoneNumber({ seed }: Person): string {
  const last = hash('sha256', `phone ${seed}`, 'buffer').readUInt32BE() % 10_000
  return `1380013${String(last).padStart(4, '0')}`
}

/** People are derived per app: the same person has another openid under every appid, as at WeChat. */
export function createPeople(apps: Map<string, App>, journal: () => Journal): People {
  const byId = new Map<string, Person>()
  const byOpenid = new Map<string, Person>()
  const openids = createOpenids()
  const openid = (person: Person, appid: string) => openids.of(person.seed, appid)
  const load = (kept: Omit<Person, keyof PersonChanges> & PersonChanges) => {
    // A journal of an earlier version knows nothing of the switches.
    const person: Person = Object.assign(kept, {
      isSnapshot: kept.isSnapshot ?? false,
      isHighRisk: kept.isHighRisk ?? false,
    })
    byId.set(person.id, person)
    for (const appid of apps.keys()) byOpenid.set(`${appid} ${openid(person, appid)}`, person)
  }
  const enter = (id: string, name: string, balanceFen: number, seed: string): Person => {
    const unionid = `o${derive(`unionid ${seed}`, 27)}`
    const person: Person = { id, name, balanceFen, seed, unionid, isSnapshot: false, isHighRisk: false }
    load(person)
    journal().append('person', person)
    return person
  }
  const people: People = {
    register: {
      kind: 'person',
      entities: () => byId.values(),
      load,
      clear() {
        byId.clear()
        byOpenid.clear()
        openids.clear()
      },
    },
    find: (id) => byId.get(id),
    byOpenid: (appid, id) => byOpenid.get(`${appid} ${id}`),
    openid,
    virtualAccount: ({ seed }, appid) => ({
      openid: `o${derive(appid, 5)}${derive(`virtual ${seed} ${appid}`, 22)}`,
      unionid: `o${derive(`virtual unionid ${seed}`, 27)}`,
    }),
    phoneNumber,
    add: ({ id, name, balanceFen }) => enter(id, name, balanceFen, freshSeed()),
    changeBalance(person, byFen) {
      person.balanceFen += byFen
      journal().append('person', person)
    },
    change(person, changes) {
      Object.assign(person, changes)
      journal().append('person', person)
    },
    view: (person) => ({
      id: person.id,
      name: person.name,
      unionid: person.unionid,
      balanceFen: person.balanceFen,
      phoneNumber: phoneNumber(person),
      isSnapshot: person.isSnapshot,
      isHighRisk: person.isHighRisk,
      openids: Object.fromEntries([...apps.keys()].map((appid) => [appid, openid(person, appid)])),
    }),
    all: () => [...byId.values()],
    reset(before) {
      people.register.clear()
      for (const { id, name } of FIRST_PEOPLE) {
        const seed = before.find((person) => person.id === id)?.seed ?? freshSeed()
        enter(id, name, START_BALANCE_FEN, seed)
      }
    },
  }
  return people
}
