import { setTimeout as pause } from 'node:timers/promises'
import { newKey, signIn, type ApiAnswer, type Customer, type Storefront } from '../support/customer.ts'

/** People who go on buying until they are asked to stop. */
export interface Customers {
  /** Orders that were paid, as the shop says, since the last call. */
  takePaidCount(): number
  /** Lets everybody end what they are doing. Throws what ended one of them before. */
  stop(): Promise<void>
}

const PEOPLE = 6
const REST_MS = 30
/** Customers come back when the shop is out of order, and ask again. */
const AGAIN_MS = 200

/** Signs them in and sends them shopping. */
export async function sendCustomers(shop: Storefront): Promise<Customers> {
  const people = await Promise.all(
    Array.from({ length: PEOPLE }, async (_, i) => {
      const user = await shop.sandbox.addUser(`person-${i + 1}`)
      await shop.sandbox.control(`/users/${user}`, { balanceFen: 10_000_000_000 })
      return signIn(shop, user)
    }),
  )
  let isOver = false
  let paidCount = 0
  const goShopping = async (person: Customer) => {
    while (!isOver) {
      await buy(person)
      paidCount += 1
      await pause(REST_MS)
    }
  }
  const all = Promise.all(people.map(goShopping))
  all.catch(() => undefined)
  return {
    takePaidCount() {
      const taken = paidCount
      paidCount = 0
      return taken
    },
    stop: async () => {
      isOver = true
      await all
    },
  }
}

/** One order from the catalogue to the proof that it is paid. */
async function buy(person: Customer): Promise<void> {
  const key = newKey()
  const lines = [{ productId: 'tea-longjing', quantity: 1 }]
  await insist(() => person.get('/products'))
  const { id: orderId } = await insist(() => person.post<{ id: string }>('/orders', { lines }, key))
  const { id: paymentId } = await insist(() => person.post<{ id: string }>(`/orders/${orderId}/payments`))
  const launch = await insist(() =>
    person.post<Awaited<ReturnType<Customer['launch']>>>(`/payments/${paymentId}/launch`),
  )
  await person.cashier(launch, 'paid')
  for (;;) {
    const { result } = await insist(() => person.get<{ result: string }>(`/orders/${orderId}/result`))
    if (result === 'paid') return
    await pause(REST_MS)
  }
}

/** Asks until the answer is a good one. Throws for a refusal that does not go away. */
async function insist<T>(ask: () => Promise<ApiAnswer<T>>): Promise<T> {
  for (;;) {
    const answer = await ask().catch(() => null)
    if (answer && answer.status < 300) return answer.body
    if (answer && answer.status < 500 && answer.status !== 429)
      throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`)
    await pause(AGAIN_MS)
  }
}
