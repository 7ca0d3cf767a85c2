/** What a subscriber's address answered, or why it did not, in one word, e.g. "timeout". */
export type DeliveryAnswer = { status: number } | { error: string }

/** The way to the shop's own systems. */
export interface SubscriberChannel {
  /** The names of whom it can reach. */
  names: readonly string[]
  /** Sends one message, signed now. Never throws: whatever goes wrong is an answer. */
  send(subscriber: string, message: { id: string; body: string }): Promise<DeliveryAnswer>
}
