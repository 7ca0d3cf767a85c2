import type { OrderLineRow } from '../store/tables.ts'

/** What the customer's bill says, e.g. "明前龙井 等 3 件". */
export function describe(lines: Pick<OrderLineRow, 'name' | 'quantity'>[]): string {
  const count = lines.reduce((sum, line) => sum + line.quantity, 0)
  const first = lines[0]!.name
  return count === 1 ? first : `${first} 等 ${count} 件`
}
