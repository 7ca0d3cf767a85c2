import { readFileSync } from 'node:fs'

const LOOK_EVERY_MS = 500

/**
 * Calls back once when the program that started us is gone: npm passes no SIGTERM on, it just disappears.
 * Between npm and us there is usually a shell that stays behind when npm is killed, so its parent is watched as well.
 */
export function watchParent(onGone: () => void): void {
  const parent = process.ppid
  const grandparent = parentOfShell(parent)
  const timer = setInterval(() => {
    const isSame = process.ppid === parent && isAlive(parent) && parentOfShell(parent) === grandparent
    if (isSame) return
    clearInterval(timer)
    onGone()
  }, LOOK_EVERY_MS)
  timer.unref()
}

/** The parent of a shell, on Linux: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html. Otherwise undefined. */
function parentOfShell(pid: number): number | undefined {
  try {
    const [, name, parent] =
      /^\d+ \((.*)\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8').split('\n')[0]!) ?? []
    return name === 'sh' || name === 'dash' ? Number(parent) : undefined
  } catch {
    return undefined
  }
}

/** Whether a process has this number. Windows never gives an orphan another parent, so watchParent asks this too. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
