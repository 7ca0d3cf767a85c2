import type { Database, Writer } from './database.ts'

/** One operator on one business day, e.g. "2026-11-21". */
interface OperatorDay {
  operator: string
  day: string
}

/**
 * Adds an amount to what an operator has given away on a day, and holds that row until the transaction ends. False: it
 * would pass the limit; nothing is written then. `amountFen` itself must not exceed the limit.
 */
export async function addToDay(
  writer: Writer,
  { operator, day, amountFen, limitFen }: OperatorDay & { amountFen: number; limitFen: number },
): Promise<boolean> {
  const added = await writer
    .insertInto('operator_days')
    .values({ operator, day, given_fen: amountFen, limit_fen: limitFen })
    .onConflict((conflict) =>
      conflict
        .columns(['operator', 'day'])
        .doUpdateSet((eb) => ({
          given_fen: eb('operator_days.given_fen', '+', amountFen),
          limit_fen: limitFen,
        }))
        .where((eb) => eb(eb('operator_days.given_fen', '+', amountFen), '<=', limitFen)),
    )
    .returning('given_fen')
    .executeTakeFirst()
  return added !== undefined
}

/** Fen that an operator has given away on a day. */
export async function givenOnDay(db: Database, { operator, day }: OperatorDay): Promise<number> {
  const row = await db
    .selectFrom('operator_days')
    .select('given_fen')
    .where('operator', '=', operator)
    .where('day', '=', day)
    .executeTakeFirst()
  return row?.given_fen ?? 0
}
