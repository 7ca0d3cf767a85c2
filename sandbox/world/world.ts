import { createBillFiles } from './bill-files.ts'
import type { BillFiles } from './bill-files.ts'
import { createCashier } from './cashier.ts'
import type { Cashier } from './cashier.ts'
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
import { createLedger } from './ledger.ts'
import type { Ledger, Trade } from './ledger.ts'
import type { Merchants } from './merchants.ts'
import { createPeople } from './people.ts'
import type { People } from './people.ts'
import { createRefunds } from './refunds.ts'
import type { Refund, Refunds, RefundsDeps } from './refunds.ts'
import { createSnapshots } from './snapshots.ts'
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
  codes: Codes
  billFiles: BillFiles
  cashier: Cashier
  weather: Weather
  inbox: Inbox
  /** notify_url may be http and loopback: the switch for use on one machine. */
  localNotify: boolean
  /** The only host that OAuth may come back to, as configured in the account's settings; null: any. */
  oauthHost: string | null
  journal(): Journal
  /** Another part of the world that is kept, restored and reset with it. Call before `open`. */
  addRegister(register: Register): void
  /** Calls back inside the write in which a trade became paid. */
  onPaid(listener: (trade: Trade) => void): void
  /** Calls back inside the write in which a refund ended, well or not. */
  onRefunded(listener: (refund: Refund) => void): void
  /** Keeps changed keys, when there is a data directory. */
  keepKeys(): void
  /** Replays the journal of an earlier run. Called once, when all registers are there. */
  open(): void
  /** An empty ledger, the first people, real time, no weather. Merchants and their keys stay. */
  reset(): void
  /** Keeps the present state in memory and returns its name. */
  snapshot(): string
  /** False: no such snapshot. */
  restore(id: string): boolean
  close(): Promise<void>
}

export interface WorldOptions {
  dataDir?: string | undefined
  localNotify?: boolean | undefined
  oauthHost?: string | null | undefined
}

/** Builds the world; `open` must be called before it is used. */
export async function createWorld(options: WorldOptions = {}): Promise<World> {
  const { dataDir } = options
  const unlock = dataDir === undefined ? async () => {} : await lockDataDir(dataDir)
  try {
    return assemble(options, await loadMerchants(dataDir), unlock)
  } catch (error) {
    await unlock()
    throw error
  }
}

function assemble(options: WorldOptions, merchants: Merchants, unlock: () => Promise<void>): World {
  const { dataDir } = options
  let journal: Journal = forgetfulJournal
  const currentJournal = () => journal
  const clockState: ClockState = { offsetMs: 0, frozenAtMs: null }
  const clock = createClock(clockState, () => journal.append('clock', clockState))
  const people = createPeople(merchants.apps, currentJournal)
  const [codes, weather, inbox] = [createCodes(clock), createWeather(clock), createInbox()]
  const billFiles = createBillFiles(clock)
  const paidListeners: ((trade: Trade) => void)[] = []
  const onPaid = (trade: Trade) => paidListeners.forEach((listener) => listener(trade))
  const refundListeners: ((refund: Refund) => void)[] = []
  const onSettled = (refund: Refund) => refundListeners.forEach((listener) => listener(refund))
  const { bookRegisters, ...books } = createBooks({ clock, people, journal: currentJournal, onSettled })
  const { ledger, refunds } = books
  const cashier = createCashier({ clock, ledger, merchants, people, journal: currentJournal, onPaid })
  const registers: Register[] = [clockRegister(clockState), people.register, ...bookRegisters]
  const snapshots = createSnapshots(registers)
  const forgetRest = () => {
    for (const part of [codes, weather, inbox, cashier, billFiles]) part.clear()
  }
  // Whoever sleeps until a moment of the old time looks at the clock again.
  const wake = () => clock.setMs(clock.nowMs())
  return {
    clock,
    merchants,
    people,
    ...books,
    codes,
    billFiles,
    cashier,
    weather,
    inbox,
    localNotify: options.localNotify ?? false,
    oauthHost: options.oauthHost ?? null,
    journal: currentJournal,
    addRegister: (register) => void registers.push(register),
    onPaid: (listener) => void paidListeners.push(listener),
    onRefunded: (listener) => void refundListeners.push(listener),
    keepKeys: () => dataDir !== undefined && writeKeys(dataDir, merchants),
    open() {
      if (dataDir !== undefined) journal = openJournal(dataDir, registers)
      if (people.all().length === 0) people.reset([])
      wake()
    },
    reset() {
      const before = people.all()
      for (const register of registers) register.clear()
      forgetRest()
      people.reset(before)
      journal.compact()
      wake()
    },
    snapshot: () => snapshots.take(),
    restore(id) {
      if (!snapshots.bringBack(id)) return false
      forgetRest()
      journal.compact()
      wake()
      return true
    },
    async close() {
      refunds.stop()
      journal.close()
      await unlock()
    },
  }
}

/** Where the money is: the merchants' purses, the orders and the refunds. */
function createBooks(
  deps: Pick<RefundsDeps, 'clock' | 'people' | 'journal' | 'onSettled'>,
): Pick<World, 'funds' | 'ledger' | 'refunds'> & { bookRegisters: Register[] } {
  const funds = createFunds(deps.clock, deps.journal)
  const ledger = createLedger(deps.clock, funds, deps.journal)
  const refunds = createRefunds({ ...deps, ledger, funds })
  return { funds, ledger, refunds, bookRegisters: [funds.register, ...ledger.registers, refunds.register] }
}

function clockRegister(state: ClockState): Register {
  return {
    kind: 'clock',
    entities: () => [state],
    load: (kept: ClockState) => void Object.assign(state, kept),
    clear: () => void Object.assign(state, { offsetMs: 0, frozenAtMs: null }),
  }
}
