import { loadAlipayApps } from './alipay-apps.ts'
import type { AlipayApps } from './alipay-apps.ts'
import { createAlipayTrades } from './alipay-trades.ts'
import type { AlipayTrade, AlipayTrades } from './alipay-trades.ts'
import { createAppsSettings } from './app-settings.ts'
import type { AppsSettings } from './app-settings.ts'
import { createBillFiles } from './bill-files.ts'
import type { BillFiles } from './bill-files.ts'
import { createCashier } from './cashier.ts'
import type { Cashier } from './cashier.ts'
import type { Change, Changes } from './changes.ts'
import { createClock } from './clock.ts'
import type { BusinessClock, ClockState } from './clock.ts'
import { createCodes } from './codes.ts'
import type { Codes } from './codes.ts'
import { lockDataDir } from './data-lock.ts'
import { createFunds } from './funds.ts'
import type { Funds } from './funds.ts'
import { createInbox } from './inbox.ts'
import type { Inbox } from './inbox.ts'
import { forgetfulJournal, openJournal } from './journal.ts'
import type { Journal, Register } from './journal.ts'
import { loadMerchants, writeKeys } from './keys-file.ts'
import { createJsapiTickets } from './jsapi-tickets.ts'
import type { JsapiTickets } from './jsapi-tickets.ts'
import { createLinks } from './links.ts'
import type { Links } from './links.ts'
import { createLedger } from './ledger.ts'
import type { Ledger } from './ledger.ts'
import type { Trade } from './trade.ts'
import { createMedicalBook } from './medical-orders.ts'
import type { MedicalBook, MedicalOrder } from './medical-orders.ts'
import type { Merchants } from './merchants.ts'
import { createPeople } from './people.ts'
import type { People } from './people.ts'
import { createQuotas } from './quotas.ts'
import type { Quotas } from './quotas.ts'
import { createRefunds } from './refunds.ts'
import type { Refund, Refunds, RefundsDeps } from './refunds.ts'
import { createShippings } from './shippings.ts'
import type { Shippings } from './shippings.ts'
import { createSignal } from './signal.ts'
import { createSnapshots } from './snapshots.ts'
import type { Snapshot } from './snapshots.ts'
import { createWeather } from './weather.ts'
import type { Weather } from './weather.ts'

/** Everything that the gateway, the platform, the phone and the control plane agree on. */
export interface World {
  clock: BusinessClock
  merchants: Merchants
  people: People
  ledger: Ledger
  refunds: Refunds
  funds: Funds
  medical: MedicalBook
  alipayApps: AlipayApps
  alipayTrades: AlipayTrades
  /** What merchants said about sending goods, and whose money is frozen until they arrive. */
  shippings: Shippings
  codes: Codes
  jsapiTickets: JsapiTickets
  /** What is set for each app on WeChat's own pages. */
  settings: AppsSettings
  quotas: Quotas
  links: Links
  billFiles: BillFiles
  cashier: Cashier
  weather: Weather
  inbox: Inbox
  /** Tells whoever watches. */
  changes: Changes
  /** notify_url may be http and loopback: the switch for use on one machine. */
  localNotify: boolean
  /**
   * The merchant's host, as its settings at WeChat name it: OAuth comes back to it, H5 pay and cashiers are opened from
   * its pages. null: any.
   */
  h5Host: string | null
  /** Where the sandbox itself is reached, without a slash at the end: links it hands out begin with it. */
  publicUrl: string
  journal(): Journal
  /** Another part of the world that is kept, restored and reset with it. Call before `open`. */
  addRegister(register: Register): void
  /** Calls back inside the write in which a trade became paid; of a combined order once, with the whole. */
  onPaid(listener: (trade: Trade) => void): void
  /** Calls back inside the write in which a medical insurance order became paid. */
  onMedicalPaid(listener: (order: MedicalOrder) => void): void
  /** Calls back inside the write in which a refund ended, well or not. */
  onRefunded(listener: (refund: Refund) => void): void
  /** Keeps changed keys, when there is a data directory. */
  keepKeys(): void
  /** Replays the journal of an earlier run. Called once, when all registers are there. */
  open(): void
  /** An empty ledger, the first people, real time, no weather. Merchants and their keys stay. */
  reset(): void
  /** Keeps the present state in memory and returns its name. Only the newest twenty are kept. */
  snapshot(name?: string): Snapshot
  /** The snapshots that are kept, the newest last. */
  snapshots(): Snapshot[]
  /** False: no such snapshot. */
  restore(id: string): boolean
  close(): Promise<void>
}

export interface WorldOptions {
  dataDir?: string | undefined
  localNotify?: boolean | undefined
  h5Host?: string | null | undefined
  publicUrl?: string | undefined
}

/** Builds the world; `open` must be called before it is used. */
export async function createWorld(options: WorldOptions = {}): Promise<World> {
  const { dataDir } = options
  const unlock = dataDir === undefined ? async () => {} : await lockDataDir(dataDir)
  try {
    const [merchants, alipayApps] = await Promise.all([loadMerchants(dataDir), loadAlipayApps(dataDir)])
    return assemble(options, { merchants, alipayApps }, unlock)
  } catch (error) {
    await unlock()
    throw error
  }
}

/** Whose keys outlive a restart. */
type Keepers = Pick<World, 'merchants' | 'alipayApps'>

function assemble(options: WorldOptions, keepers: Keepers, unlock: () => Promise<void>): World {
  const { dataDir } = options
  const changes = createSignal<Change>()
  let journal: Journal = telling(forgetfulJournal, changes)
  const currentJournal = () => journal
  const clockState: ClockState = { offsetMs: 0, frozenAtMs: null }
  const clock = createClock(clockState, () => journal.append('clock', clockState))
  const platform = createPlatformParts(keepers.merchants, clock, currentJournal)
  const { people } = platform.parts
  const [weather, inbox] = [createWeather(clock, changes.tell), createInbox(changes.tell)]
  const [paid, medicalPaid] = [createSignal<Trade>(), createSignal<MedicalOrder>()]
  const refunded = createSignal<Refund>()
  const shared = { clock, people, journal: currentJournal }
  const { bookRegisters, ...books } = createBooks({ ...shared, ...platform.parts, onSettled: refunded.tell })
  const settings = settingsOf(options)
  const tellers = { onPaid: paid.tell, onMedicalPaid: medicalPaid.tell }
  const cashier = createCashier({ ...shared, ...books, ...keepers, ...settings, weather, ...tellers })
  const registers = [clockRegister(clockState), ...platform.registers, ...bookRegisters]
  const snapshots = createSnapshots(registers, clock.nowText)
  // Whoever sleeps until a moment of the old time looks at the clock again.
  const wake = () => clock.setMs(clock.nowMs())
  /** The registers hold another state now: what lives beside them is forgotten. */
  const begin = () => {
    for (const part of [weather, inbox, cashier, books.billFiles, platform]) part.clear()
    journal.compact()
    changes.tell({ kind: 'reset' })
    wake()
  }
  return {
    clock,
    ...keepers,
    ...books,
    ...platform.parts,
    cashier,
    weather,
    inbox,
    changes,
    ...settings,
    journal: currentJournal,
    addRegister: (register) => void registers.push(register),
    onPaid: paid.listen,
    onMedicalPaid: medicalPaid.listen,
    onRefunded: refunded.listen,
    keepKeys: () => dataDir !== undefined && writeKeys(dataDir, keepers.merchants),
    open() {
      if (dataDir !== undefined) journal = telling(openJournal(dataDir, registers), changes)
      if (people.all().length === 0) people.reset([])
      wake()
    },
    reset() {
      const before = people.all()
      registers.forEach((register) => register.clear())
      people.reset(before)
      begin()
    },
    snapshot: snapshots.take,
    snapshots: snapshots.list,
    restore(id) {
      if (!snapshots.bringBack(id)) return false
      begin()
      return true
    },
    async close() {
      books.refunds.stop()
      journal.close()
      await unlock()
    },
  }
}

function settingsOf(options: WorldOptions): Pick<World, 'localNotify' | 'h5Host' | 'publicUrl'> {
  return {
    localNotify: options.localNotify ?? false,
    h5Host: options.h5Host ?? null,
    publicUrl: options.publicUrl ?? 'https://wx.tenpay.com',
  }
}

/** Every write of an entity passes here: whoever watches sees the same as what is kept. */
function telling(journal: Journal, changes: Changes): Journal {
  return {
    ...journal,
    append(kind, entity) {
      journal.append(kind, entity)
      if (kind === 'trade') changes.tell({ kind, trade: entity as Trade })
      else if (kind === 'refund') changes.tell({ kind, refund: entity as Refund })
      else if (kind === 'alipay-trade') changes.tell({ kind, trade: entity as AlipayTrade })
      else if (kind === 'clock') changes.tell({ kind })
    },
  }
}

type Books = Pick<
  World,
  'funds' | 'ledger' | 'refunds' | 'medical' | 'alipayTrades' | 'shippings' | 'billFiles'
>

/** Where the money is: the merchants' purses, the orders, the refunds, and who pays medical bills. */
function createBooks(
  deps: Pick<RefundsDeps, 'clock' | 'people' | 'journal' | 'onSettled'> & Pick<World, 'settings'>,
): Books & { bookRegisters: Register[] } {
  const funds = createFunds(deps.clock, deps.journal)
  const ledger = createLedger(deps.clock, funds, deps.journal)
  const refunds = createRefunds({ ...deps, ledger, funds })
  const medical = createMedicalBook(deps.clock, deps.journal)
  const alipayTrades = createAlipayTrades({ ...deps, funds })
  const shippings = createShippings({ ...deps, ledger, refunds })
  const books = { refunds, medical, alipayTrades, shippings }
  const bookRegisters = [
    funds.register,
    ...ledger.registers,
    ...Object.values(books).map(({ register }) => register),
  ]
  return { funds, ledger, ...books, billFiles: createBillFiles(deps.clock), bookRegisters }
}

type PlatformParts = Pick<World, 'people' | 'codes' | 'jsapiTickets' | 'settings' | 'quotas' | 'links'>

/** People and apps, and what stands between them: codes, settings, quotas, links. */
function createPlatformParts(
  { apps }: Merchants,
  clock: BusinessClock,
  journal: () => Journal,
): { parts: PlatformParts; registers: Register[]; clear(): void } {
  const people = createPeople(apps, journal)
  const [codes, quotas] = [createCodes(clock), createQuotas(clock)]
  const settings = createAppsSettings(apps, clock, journal)
  const links = createLinks(clock, settings, quotas, journal)
  const jsapiTickets = createJsapiTickets(clock)
  return {
    parts: { people, codes, jsapiTickets, settings, quotas, links },
    registers: [people.register, settings.register, links.register],
    clear() {
      for (const part of [codes, jsapiTickets, quotas]) part.clear()
    },
  }
}

function clockRegister(state: ClockState): Register {
  return {
    kind: 'clock',
    entities: () => [state],
    load: (kept: ClockState) => void Object.assign(state, kept),
    clear: () => void Object.assign(state, { offsetMs: 0, frozenAtMs: null }),
  }
}
