import { shallowRef } from 'vue'

/** The panels, in the order of their buttons in the header. */
export const PANELS = ['clock', 'weather', 'people', 'merchants', 'verdict', 'state'] as const
export type Panel = (typeof PANELS)[number]

/** The panel that is open, and the element that had the focus before it. */
export const openedPanel = shallowRef<Panel | null>(null)
let cameFrom: HTMLElement | null = null

/** Opens a panel beside the columns. Closing it gives the focus back. */
export function openPanel(panel: Panel): void {
  cameFrom = document.activeElement instanceof HTMLElement ? document.activeElement : null
  openedPanel.value = panel
}

/** Closes the panel that is open. */
export function closePanel(): void {
  openedPanel.value = null
  cameFrom?.focus()
}
