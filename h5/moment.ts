const two = (part: number) => String(part).padStart(2, '0')

/** ISO 8601 to "2026-11-21 09:05" on the phone's own clock face. */
export function formatMoment(iso: string): string {
  const at = new Date(iso)
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${formatTimeOfDay(iso)}`
}

/** ISO 8601 to "09:05" on the phone's own clock face. */
export function formatTimeOfDay(iso: string): string {
  const at = new Date(iso)
  return `${two(at.getHours())}:${two(at.getMinutes())}`
}
