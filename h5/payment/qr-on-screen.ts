import { shallowRef } from 'vue'
import type { Component } from 'vue'

/** A QR code that is shown for one payment. */
export interface QrCode {
  orderId: string
  paymentId: string
  /** What is written in it. */
  codeUrl: string
  /** ISO 8601. */
  expiresAt: string
  /** What shows it: it comes with this way of paying, and not before. */
  dialog: Component
}

/** The code on screen, or null. The result page shows it, and takes it away when there is nothing left to pay. */
export const qrOnScreen = shallowRef<QrCode | null>(null)
