import { fileURLToPath } from 'node:url'

/** Everything the environment may say. Read here and nowhere else. */
export const environment = {
  configPath: process.env.QIAOFU_CONFIG,
  databaseUrl: process.env.DATABASE_URL ?? '',
  logLevel: process.env.LOG_LEVEL ?? 'info',
  /** The built H5. */
  pagesDirectory: process.env.QIAOFU_PAGES ?? fileURLToPath(new URL('../../dist/h5', import.meta.url)),
} as const
