import type { AddressPick, AddressPickRequest } from '../../contract/shipping.ts'
import { limits } from '../config/limits.ts'
import type { Clock } from '../shared/clock.ts'
import { findAddressPick, keepAddressPick } from '../store/address-picks.ts'
import type { Database } from '../store/database.ts'

interface PickDeps {
  db: Database
  clock: Clock
}

/** Keeps an address that the customer chose on the native page, for the account's web-view; the one before it goes. */
export async function leaveAddress(
  { db, clock }: PickDeps,
  accountId: string,
  { pick, address }: AddressPickRequest,
): Promise<AddressPick> {
  const expiresAt = new Date(clock.now().getTime() + limits.addressPickLifetimeMs)
  await keepAddressPick(db, { account_id: accountId, pick, ...address, expires_at: expiresAt })
  return { address }
}

/** The address that the account's native page has left under this pick; null when there is none yet, or it has expired. */
export async function takeAddress(
  { db, clock }: PickDeps,
  accountId: string,
  pick: string,
): Promise<AddressPick> {
  const row = await findAddressPick(db, accountId, pick)
  if (!row || row.expires_at <= clock.now()) return { address: null }
  const { name, phone, region, detail } = row
  return { address: { name, phone, region, detail } }
}
