import { isFromPostgres } from './outage.ts'

const FOREIGN_KEY_VIOLATION = '23503'

/** Whether a write failed because its account was joined to another meanwhile: a retry that looks the account up succeeds. */
export const isAccountGone = (error: unknown): boolean =>
  isFromPostgres(error) &&
  error.code === FOREIGN_KEY_VIOLATION &&
  /_(account_id|asked_by)_fkey$/.test(error.constraint ?? '')

const MOST_TRIES = 3

/** Retries `work` when the account it looked up is gone by the time of its write; `work` must have no other side effects. */
export async function retryWhenGone<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1)
    try {
      return await work()
    } catch (error) {
      if (!isAccountGone(error) || tries === MOST_TRIES) throw error
    }
}
