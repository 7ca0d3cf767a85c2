import type { Books } from './books.ts'

/**
 * Gives what is unpaid or was cancelled to an account of its own, so that the caps on unpaid orders and on attempts do not
 * count it: a race leaves hundreds of orders behind, a customer may have `limits.unpaidOrdersCount`.
 */
export async function makeRoom(books: Books): Promise<void> {
  await books.rows(`insert into accounts values ('LEFT-UNPAID', now()) on conflict do nothing`)
  await books.rows(
    `update orders set account_id = 'LEFT-UNPAID'
     where state = 'pending' or (state = 'closed' and cancel_asked_at is not null)`,
  )
}
