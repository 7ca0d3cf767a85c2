import { groupBy, type Books, type Difference, type EventRecord, type Heard } from './records.ts'

/** A card may fail to take a refund again and again; everything else happens once. */
const MAY_REPEAT = new Set(['refund.abnormal'])

/** What subscribers are told: what happened, once, under one id, and to its end. Pure. */
export function checkEvents(books: Books, heard: Heard): Difference[] {
  const found: Difference[] = []
  const once = books.events.filter(({ type }) => !MAY_REPEAT.has(type))
  for (const [about, same] of groupBy(once, ({ type, subjectNo }) => `${type} ${subjectNo}`))
    if (same.length > 1) found.push({ kind: 'told-twice', about, found: same.map(({ eventId }) => eventId) })
  const deliveries = groupBy(books.deliveries, ({ eventId }) => eventId)
  for (const { eventId, type } of books.events)
    if (!deliveries.has(eventId)) found.push({ kind: 'told-nobody', about: `${type} ${eventId}` })
  for (const { eventId, state } of books.deliveries)
    if (state !== 'delivered') found.push({ kind: 'delivery-left-open', about: eventId, found: state })
  found.push(...checkTruth(books))
  if (heard) found.push(...checkHeard(books.events, heard))
  return found
}

/** Every end that somebody wants to know has its event, and no event tells what did not happen. */
function checkTruth(books: Books): Difference[] {
  const held = new Set<string>()
  const reached = new Set(
    books.steps
      .filter(({ fromState, toState }) => fromState !== toState)
      .map(({ subject, subjectNo, toState }) => `${subject}.${toState} ${subjectNo}`),
  )
  for (const payment of books.payments)
    if (payment.state === 'paid' && !payment.kept) reached.add(`payment.surplus ${payment.outTradeNo}`)
  // Held back until an operator has recorded what was given back before the order was known to be paid.
  for (const { kind, state, outTradeNo } of books.anomalies)
    if (kind === 'unknown-refund' && state === 'open') held.add(`order.paid ${outTradeNo.slice(17, 30)}`)
  const told = new Set(books.events.map(({ type, subjectNo }) => `${type} ${subjectNo}`))
  const wanted = new Set(books.wantedEvents)
  const found: Difference[] = []
  for (const about of told) if (!reached.has(about)) found.push({ kind: 'told-untrue', about })
  for (const about of reached)
    if (wanted.has(about.split(' ')[0]!) && !told.has(about) && !held.has(about))
      found.push({ kind: 'not-told', about })
  return found
}

function checkHeard(events: EventRecord[], heard: NonNullable<Heard>): Difference[] {
  const found: Difference[] = []
  const written = new Map(events.map((event) => [event.eventId, `${event.type} ${event.subjectNo}`]))
  for (const [id, same] of groupBy(heard, (message) => message.id))
    for (const { type, number } of same)
      if (written.get(id) !== `${type} ${number}`)
        found.push({
          kind: 'heard-otherwise',
          about: id,
          expected: written.get(id),
          found: `${type} ${number}`,
        })
  const ids = new Set(heard.map((message) => message.id))
  for (const [id, about] of written) if (!ids.has(id)) found.push({ kind: 'never-heard', about })
  return found
}
