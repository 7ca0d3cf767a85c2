/** Invisible by themselves: joiners, marks of direction, selectors of a drawing, and the frames of keycaps. */
const invisible = /[\p{Cf}\p{Variation_Selector}\p{Me}]/gu

/** More than three bytes of UTF-8 (emoji among them), no character at all, or a mark without its letter. */
const unprintable = /[\u{10000}-\u{10FFFF}\p{C}]|^\p{M}/u

interface BillRule {
  /** Characters that the channel refuses: each becomes a space. Control characters do everywhere. */
  refused?: RegExp
  /** Stands for a character that cannot be printed. */
  gap: '' | ' '
  /** Whether a text is still short enough. */
  fits(text: string): boolean
}

/**
 * What a bill can say of a text. Decided for each character as people see it, a base with all its marks: what cannot be
 * printed goes as a whole and leaves no joiner, selector or mark behind, and the end is never cut inside one.
 * Empty when nothing of it can be said.
 */
export function billText(text: string, { refused, gap, fits }: BillRule): string {
  let kept = ''
  for (const { segment } of new Intl.Segmenter('zh', { granularity: 'grapheme' }).segment(text)) {
    const seen = printed(segment, refused, gap)
    const next = seen === ' ' && (kept === '' || kept.endsWith(' ')) ? kept : kept + seen
    if (!fits(next.trimEnd())) break
    kept = next
  }
  return kept.trim()
}

function printed(character: string, refused: RegExp | undefined, gap: '' | ' '): string {
  if (/^\p{Cc}/u.test(character) || /^\s\p{M}/u.test(character) || refused?.test(character)) return ' '
  const seen = character.replace(invisible, '')
  return unprintable.test(seen) ? gap : seen
}
