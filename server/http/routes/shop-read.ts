import type { RequestHandler } from 'express'
import type { Services } from '../services.ts'

/** How customers reach the shop, and its own pages. Public, and the same in every entry. */
export const readShop =
  (services: Services): RequestHandler =>
  (_req, res) => {
    res.json(services.shop)
  }
