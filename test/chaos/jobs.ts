import { PgBoss } from 'pg-boss'
import { doJob } from '../../server/jobs/do-job.ts'
import type { RefundDeps } from '../../server/refunds/refund-deps.ts'
import type { Job } from '../../server/shared/job.ts'

/** The server's job queue, worked when the campaign says so and not when the machine's clock does. */
export interface Jobs {
  /** Does all that waits. */
  workOff(deps: RefundDeps): Promise<void>
  close(): Promise<void>
}

const NAMES: readonly Job['name'][] = ['close-payment', 'refund-surplus']
const BATCH = 50

/** Opens the queue of a server that is hand-wound and has made it. */
export async function openJobs(connectionString: string): Promise<Jobs> {
  const boss = new PgBoss({ connectionString, schema: 'jobs', max: 1, schedule: false, supervise: false })
  await boss.start()
  return {
    async workOff(deps) {
      for (const name of NAMES)
        for (let jobs = await boss.fetch<Job>(name, { batchSize: BATCH }); jobs.length > 0;) {
          for (const { data } of jobs) await doJob(deps, data)
          await boss.complete(
            name,
            jobs.map(({ id }) => id),
          )
          jobs = await boss.fetch<Job>(name, { batchSize: BATCH })
        }
    },
    close: () => boss.stop({ graceful: false }),
  }
}
