import { encode } from 'uqr'

/** Modules of white around a code: https://www.iso.org/standard/83389.html asks for four. */
const quietModules = 4

/** A text as a QR code: one SVG path of unit squares in a square of `size`. */
export function qrPath(text: string): { size: number; path: string } {
  const { data, size } = encode(text, { ecc: 'M', border: quietModules })
  const path = data
    .flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : [])))
    .join('')
  return { size, path }
}
