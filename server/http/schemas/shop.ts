import { z } from 'zod'
import type { Shop } from '../../../contract/shop.ts'
import { pin } from './pin.ts'

const page = z.string().meta({ format: 'uri' }).nullable()

export const shopSchema = pin<Shop>()(
  z
    .strictObject({
      contactUrl: page,
      contactPhone: z.string().nullable(),
      contactInMiniProgram: z.boolean(),
      termsUrl: page,
      privacyUrl: page,
      licenceUrl: page,
    })
    .meta({ id: 'Shop' }),
)
