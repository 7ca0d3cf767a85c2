import { joinAccounts, signIn, type Storefront } from '../support/customer.ts'
import type { Travel } from './journeys.ts'

/** Nobody runs out of money, however many journeys there are. */
const PURSE_FEN = 10_000_000_000

/** Enough of them that nobody has more unpaid orders at a time than a person may have. */
export const peopleFor = (journeys: number): number => Math.max(24, Math.ceil(journeys / 25))

/** People with an account at both doors. */
export async function gather(shop: Storefront, count: number): Promise<Travel['doors'][]> {
  const people: Travel['doors'][] = []
  for (let i = 1; i <= count; i += 1) {
    const user = await shop.sandbox.addUser(`person-${i}`)
    await shop.sandbox.control(`/users/${user}`, { balanceFen: PURSE_FEN })
    const miniProgram = await signIn(shop, user)
    const officialAccount = await signIn(shop, user, 'official-account')
    // One person, known by one account at both doors, as a bind code would make it.
    await joinAccounts(miniProgram, officialAccount)
    people.push({ miniProgram, officialAccount })
  }
  return people
}
