import fc from 'fast-check'

/** Characters that people meet in names of goods, and that have to go as a whole or not at all. */
const hard = [
  '👨‍👩‍👧',
  '❤️',
  '1️⃣',
  'e\u0301',
  '\u0301',
  '\u200D',
  '\uFE0F',
  '\uD83C',
  '\uDF75',
  '🇨🇳',
  ' ',
  '\t',
  '茶',
]

/** Any text of at most so many units: of every plane, with halves of pairs, joiners, marks and emoji. */
export const anyText = (maxLength: number) =>
  fc.string({
    unit: fc.oneof(
      fc.integer({ min: 0, max: 0x10ffff }).map((point) => String.fromCodePoint(point)),
      fc.constantFrom(...hard),
    ),
    maxLength,
  })
