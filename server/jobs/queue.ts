import { fromKysely, PgBoss } from 'pg-boss'
import type { Logger } from 'pino'
import type { Job } from '../shared/job.ts'
import type { Writer } from '../store/database.ts'

export interface Queue {
  /** Leaves a job in the caller's transaction: rolled back with it, never lost after it. */
  enqueue: (writer: Writer, job: Job) => Promise<void>
  /** Takes up the jobs that are left. */
  work: (worker: (job: Job) => Promise<void>) => Promise<void>
  /** Takes no more jobs and lets those under way end. */
  stop: () => Promise<void>
}

const names: Job['name'][] = ['close-payment', 'refund-surplus']

/**
 * Jobs on PostgreSQL. A job only wakes somebody: when it is due and whether it is still wanted stands in our own rows,
 * which the sweep reads as well. So a lost job costs a second, never money.
 */
export async function startQueue(options: { url: string; log: Logger }): Promise<Queue> {
  const boss = new PgBoss({ connectionString: options.url, schema: 'jobs', max: 3, schedule: false })
  boss.on('error', (error) => options.log.error({ err: error }, 'job queue'))
  await boss.start()
  for (const name of names)
    await boss.createQueue(name, {
      retryLimit: 3,
      retryDelay: 5,
      retryBackoff: true,
      expireInSeconds: 60,
      deleteAfterSeconds: 3_600,
    })
  return {
    enqueue: async (writer, job) => {
      await boss.send(job.name, job, { db: fromKysely(writer) })
    },
    work: async (worker) => {
      for (const name of names)
        await boss.work<Job>(name, { pollingIntervalSeconds: 1, batchSize: 10 }, async (jobs) => {
          for (const job of jobs) await worker(job.data)
        })
    },
    stop: () => boss.stop({ graceful: true, timeout: 5_000, close: true }),
  }
}
