/** Words that stand in example files, and rows of the keyboard. */
const words =
  /password|passwd|secret|token|change-?me|example|sample|default|replace|letmein|let-me-in|admin|operator|qiaofu|demo|test|your|qwertyuiop|asdfghjkl|zxcvbnm/g

/** Characters that must remain when everything predictable is left out. */
const leastSurprises = 16
const leastDifferent = 8

/**
 * Whether a person could guess a secret of 24 characters and more: few different characters, one pattern over and over,
 * the alphabet or digits in a row, or words of example files. Random ones never are.
 */
export function isGuessable(secret: string): boolean {
  const rest = secret.toLowerCase().replaceAll(words, '')
  const isRepeated = Array.from({ length: Math.floor(secret.length / 2) }, (_, i) => i + 1).some(
    (period) => secret.slice(period) === secret.slice(0, -period),
  )
  const surprises = [...rest].filter(
    (_, i) => i === 0 || Math.abs(rest.charCodeAt(i) - rest.charCodeAt(i - 1)) > 1,
  )
  return isRepeated || new Set(rest).size < leastDifferent || surprises.length < leastSurprises
}
