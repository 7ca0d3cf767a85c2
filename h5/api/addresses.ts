import type { AddressPick } from '../../contract/shipping.ts'
import { callSignedIn } from './call.ts'

/** The address that the native page has left under this number; null until the customer has chosen one. */
export function getAddressPick(pick: string): Promise<AddressPick> {
  return callSignedIn<AddressPick>(`address-picks/${pick}`)
}
