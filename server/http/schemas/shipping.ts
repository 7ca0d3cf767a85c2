import { z } from 'zod'
import type * as contract from '../../../contract/shipping.ts'
import { pin } from './pin.ts'
import { writtenLine, writtenText } from './text.ts'

const phone = z
  .string()
  .trim()
  .min(1, '请填写手机号')
  // At most 20 characters, of them at least 5 digits.
  .regex(/^(?=.{5,20}$)\+?\d(?:[ -]*\d){4,}$/, '请填写能联系到的手机号或座机号')

export const shippingFieldSchema = z.enum(['note', 'phone', 'address'])

const addressSchema = pin<contract.ShippingAddress>()(
  z
    .strictObject({
      name: writtenLine(30, '请填写收货人'),
      phone,
      region: writtenLine(60, '请填写所在地区'),
      detail: writtenLine(120, '请填写详细地址'),
    })
    .meta({ id: 'ShippingAddress' }),
)

export const shippingRequestSchema = pin<contract.ShippingRequest>()(
  z.strictObject({
    note: writtenText(200, '备注不能为空').optional(),
    phone: phone.optional(),
    address: addressSchema.optional(),
  }),
)

export const shippingSchema = pin<contract.Shipping>()(
  z
    .strictObject({
      note: z.string().nullable(),
      phone: z.string().nullable(),
      address: addressSchema.nullable(),
    })
    .meta({ id: 'Shipping' }),
)

const pick = z.string().regex(/^[0-9a-f]{32}$/, '地址有误')

export const addressPickRequestSchema = pin<contract.AddressPickRequest>()(
  z.strictObject({ pick, address: addressSchema }),
)

export const addressPickParams = z.strictObject({ entry: z.string(), pick })

export const addressPickSchema = pin<contract.AddressPick>()(
  z.strictObject({ address: addressSchema.nullable() }).meta({ id: 'AddressPick' }),
)
