import { reactive, watch } from 'vue'
import type { ShippingField, ShippingRequest } from '../contract/shipping.ts'
import { tabMemory } from './entry/tab-memory.ts'

/** The form's fields, as typed. */
export const draftFields = ['name', 'phone', 'region', 'detail', 'note'] as const
export type DraftField = (typeof draftFields)[number]

/** `edits` counts changes: another number is another order. Personal data: it ends with the tab. */
export type ShippingDraft = Record<DraftField, string> & { edits: number }

const memoryKey = 'qiaofu.shipping'
const phoneShape = /^(?=.{5,20}$)\+?\d(?:[ -]*\d){4,}$/
/** As many characters as the server takes. */
export const longest: Record<DraftField, number> = { name: 30, phone: 20, region: 60, detail: 120, note: 200 }

/** What was typed in this tab, kept as it changes. */
export function keptDraft(): ShippingDraft {
  const empty: ShippingDraft = { name: '', phone: '', region: '', detail: '', note: '', edits: 0 }
  const draft = reactive<ShippingDraft>({ ...empty, ...read() })
  watch(
    () => draftFields.map((field) => draft[field]),
    () => {
      draft.edits += 1
      tabMemory.set(memoryKey, JSON.stringify(draft))
    },
  )
  return draft
}

function read(): Partial<ShippingDraft> {
  try {
    const kept: unknown = JSON.parse(tabMemory.get(memoryKey) ?? '{}')
    return typeof kept === 'object' && kept !== null ? kept : {}
  } catch {
    return {}
  }
}

/** Forgets what was typed: after signing out nobody else finds it. */
export const forgetDraft = () => tabMemory.remove(memoryKey)

/** Which fields the form shows for what the shop asks for. */
export function fieldsFor(asked: readonly ShippingField[]): DraftField[] {
  return draftFields.filter((field) => {
    if (field === 'note') return asked.includes('note')
    if (field === 'phone') return asked.includes('phone') || asked.includes('address')
    return asked.includes('address')
  })
}

/** The fields that the server would refuse. */
export function faultsOf(draft: ShippingDraft, fields: DraftField[]): DraftField[] {
  return fields.filter((field) => {
    const text = draft[field].trim()
    if (field === 'note') return /\0/.test(text)
    return field === 'phone' ? !phoneShape.test(text) : text === ''
  })
}

/** The draft as an order request carries it. */
export function requestOf(draft: ShippingDraft, asked: readonly ShippingField[]): ShippingRequest {
  const note = draft.note.trim()
  const phone = draft.phone.trim()
  return {
    ...(asked.includes('note') && note && { note }),
    ...(asked.includes('phone') && { phone }),
    ...(asked.includes('address') && {
      address: { name: draft.name.trim(), phone, region: draft.region.trim(), detail: draft.detail.trim() },
    }),
  }
}
