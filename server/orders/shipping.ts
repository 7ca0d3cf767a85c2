import type { Shipping, ShippingField, ShippingRequest } from '../../contract/shipping.ts'
import { KindError } from '../shared/errors.ts'
import type { OrderShippingRow } from '../store/tables.ts'

const missing: Record<Exclude<ShippingField, 'note'>, string> = {
  phone: '请填写手机号',
  address: '请填写收货地址',
}

/**
 * Throws InvalidInput, with the place of each fault, where what the shop asks for is missing, and where something is sent
 * that the shop does not ask for: personal data that nobody needs is not stored.
 */
export function checkShipping(fields: readonly ShippingField[], shipping: ShippingRequest = {}): void {
  const unasked = (['note', 'phone', 'address'] as const).filter(
    (field) => shipping[field] !== undefined && !fields.includes(field),
  )
  const absent = (['phone', 'address'] as const).filter(
    (field) => fields.includes(field) && shipping[field] === undefined,
  )
  if (unasked.length + absent.length === 0) return
  throw new KindError('InvalidInput', '收货信息有误，请检查后重试。', {
    errors: [
      ...absent.map((field) => ({ path: `shipping.${field}`, message: missing[field] })),
      ...unasked.map((field) => ({ path: `shipping.${field}`, message: '本店不需要这一项' })),
    ],
  })
}

/** The row of an order's shipping; null when nothing was written. */
export function toShippingRow(orderId: string, shipping: ShippingRequest = {}): OrderShippingRow | null {
  const { note, address } = shipping
  const phone = address?.phone ?? shipping.phone
  if (!note && !phone) return null
  return {
    order_id: orderId,
    note: note ?? null,
    phone: phone ?? null,
    name: address?.name ?? null,
    region: address?.region ?? null,
    detail: address?.detail ?? null,
  }
}

/** The row as the customer and operators see it. */
export function toShipping(row: OrderShippingRow | undefined): Shipping | null {
  if (!row) return null
  const { note, phone, name, region, detail } = row
  // The table's checks say that an address is whole and has a phone number.
  if (name === null || region === null || detail === null || phone === null)
    return { note, phone, address: null }
  return { note, phone: null, address: { name, phone, region, detail } }
}
