import type { Shop } from '../../contract/shop.ts'
import { send } from './send.ts'

/** How the shop is reached, and its own pages. */
export function getShop(): Promise<Shop> {
  return send<Shop>('/api/shop')
}
