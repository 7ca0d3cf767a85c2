import { createHash } from 'node:crypto'
import { accessSync, chmodSync, constants, mkdirSync, realpathSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout that this file lies in, with links resolved: two ways to write one clone's path are one clone. */
export const repository = realpathSync(dirname(dirname(fileURLToPath(import.meta.url))))

/** True for root on Linux and macOS, which PostgreSQL refuses to run as. */
export const isRoot = process.getuid?.() === 0

/** A fault that the person at the keyboard can mend: its message is the one sentence to print. */
export class SetupFault extends Error {}

/**
 * The folder that outlives a run: database, sandbox ledger, demonstration keys.
 * $QIAOFU_DATA, else .data in the checkout; for root a folder of this clone's own under /var/lib, because the
 * unprivileged user that PostgreSQL runs as often cannot reach into root's checkout.
 */
export function dataFolder(): string {
  if (process.env.QIAOFU_DATA) return resolve(process.env.QIAOFU_DATA)
  if (!isRoot) return join(repository, '.data')
  return join('/var/lib/qiaofu', createHash('sha256').update(repository).digest('hex').slice(0, 12))
}

/** Makes the folder that all else lies in. Throws SetupFault when it cannot be written. */
export function makeDataFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true })
    accessSync(folder, constants.W_OK)
    if (isRoot) chmodSync(folder, 0o711)
  } catch (error) {
    throw new SetupFault(
      `数据目录 ${folder} 无法写入（${(error as NodeJS.ErrnoException).code}）：请修正其权限，或用环境变量 QIAOFU_DATA 指定另一个目录。`,
    )
  }
}
