import type { Database } from './database.ts'

/** A key that all servers of this shop share; the migrations made it. Throws for one that there is not. */
export async function serverKey(db: Database, name: string): Promise<Buffer> {
  const row = await db
    .selectFrom('server_keys')
    .select('key')
    .where('name', '=', name)
    .executeTakeFirstOrThrow()
  return row.key
}
