/** A table of what may happen: state -> event -> next state. An allow-list: what is not in it is refused. */
export type Transitions = Readonly<Record<string, Readonly<Record<string, string>>>>

type EventsOf<T extends Transitions> = { [S in keyof T]: keyof T[S] }[keyof T]

/** Reads a table: `next` is the state after an event, or null when the table refuses it. */
export function machine<const T extends Transitions>(table: T) {
  type State = keyof T & string
  type Event = EventsOf<T> & string
  return {
    next: (state: State, event: Event): State | null =>
      Object.hasOwn(table[state] ?? {}, event) ? (table[state]![event] as State) : null,
    /** Nothing can happen to it any more. */
    isTerminal: (state: State) => Object.keys(table[state] ?? {}).length === 0,
  }
}

export type StateOf<T extends Transitions> = keyof T & string
export type EventOf<T extends Transitions> = EventsOf<T> & string
