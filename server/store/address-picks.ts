import type { Database } from './database.ts'
import type { AddressPickRow } from './tables.ts'

/** Writes an account's chosen address in place of the one before it. */
export async function keepAddressPick(db: Database, row: AddressPickRow): Promise<void> {
  const { account_id: _, ...chosen } = row
  await db
    .insertInto('address_picks')
    .values(row)
    .onConflict((conflict) => conflict.column('account_id').doUpdateSet(chosen))
    .execute()
}

/** The address that an account chose under this pick, expired or not. */
export const findAddressPick = (
  db: Database,
  accountId: string,
  pick: string,
): Promise<AddressPickRow | undefined> =>
  db
    .selectFrom('address_picks')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('pick', '=', pick)
    .executeTakeFirst()
