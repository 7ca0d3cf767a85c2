import { afterAll, afterEach, beforeAll } from 'vitest'
import { openBooks, type Books } from './books.ts'
import { joinAccounts, signIn, type Customer } from './customer.ts'
import { operatorOf, type Operator } from './operator.ts'
import { mchid, openShop, type Shop, type ShopOptions } from './shop.ts'

/** What a file of tests about money stands on: a shop, its books, a customer on this side of the counter, Lin behind it. */
export interface MoneyStage {
  shop: Shop
  books: Books
  /** In the mini-program. */
  alice: Customer
  lin: Operator
  /** Makes the sandbox misbehave, until the weather is cleared or the test ends. */
  weather(match: Record<string, unknown>, effect: object): Promise<unknown>
  clearWeather(): Promise<unknown>
}

/** How rich the merchant is at WeChat, in fen: refunds are paid out of what was taken and this. */
const balanceFen = 100_000_000

/** Sets the stage for a whole file; called once, at its top, with how the shop differs. No rule outlives its test. */
export function moneyStage(options?: ShopOptions): MoneyStage {
  const stage = {
    weather: (match, effect) => stage.shop.sandbox.control('/rules', { match, effect }),
    clearWeather: () => stage.shop.sandbox.control('/rules', undefined, 'DELETE'),
  } as MoneyStage
  beforeAll(async () => {
    stage.shop = await openShop(options)
    stage.books = await openBooks(stage.shop)
    stage.alice = await signIn(stage.shop, 'alice')
    stage.lin = operatorOf(stage.shop)
    await stage.shop.sandbox.control('/transfers', { mchid, amountFen: balanceFen })
  })
  afterEach(() => stage.clearWeather())
  afterAll(async () => {
    await stage.books?.close()
    await stage.shop?.close()
  })
  return stage
}

/** Alice once more, in the official account, with the orders of both doors in one account. */
export async function aliceByAccount({ shop, alice }: MoneyStage): Promise<Customer> {
  const official = await signIn(shop, 'alice', 'official-account')
  await joinAccounts(alice, official)
  return official
}
