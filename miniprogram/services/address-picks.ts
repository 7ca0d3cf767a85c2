import type { AddressPick, AddressPickRequest, ShippingAddress } from '../../contract/shipping'
import { call } from './api'

/** Leaves a chosen address at the server for the web-view that asked under this number. Throws a Trouble. */
export function leaveAddress(pick: string, address: ShippingAddress): Promise<AddressPick> {
  const body: AddressPickRequest = { pick, address }
  return call({ method: 'POST', path: '/address-picks', body })
}
