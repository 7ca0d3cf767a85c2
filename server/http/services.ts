import type { Logger } from 'pino'
import type { ShippingField } from '../../contract/shipping.ts'
import type { Shop } from '../../contract/shop.ts'
import type { Operator } from '../identity/operators.ts'
import type { IdentityDeps } from '../identity/identity-deps.ts'
import type { LaunchDeps, StartDeps } from '../payments/payment-deps.ts'
import type { RefundDeps } from '../refunds/refund-deps.ts'
import type { Bulkhead } from './bulkhead.ts'
import type { RateLimiter } from './rate-limits.ts'

/** Everything that a route may hand on to a noun. */
export interface Services extends StartDeps, LaunchDeps, RefundDeps, IdentityDeps {
  log: Logger
  /** Keeps requests about one order from taking every connection. */
  bulkhead: Bulkhead
  operators: readonly Operator[]
  /** What customers are asked for beside the goods. */
  shippingFields: readonly ShippingField[]
  /** How customers reach the shop, and its own pages. */
  shop: Shop
  limiter: RateLimiter
}
