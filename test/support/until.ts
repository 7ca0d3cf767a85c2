/**
 * Asks again and again until the answer is there: for what happens on the other side of a socket. Yields to the event
 * loop between questions and never sleeps; the test's own timeout is the limit.
 */
export async function until<Answer>(ask: () => Promise<Answer | undefined | null | false>): Promise<Answer> {
  for (;;) {
    const answer = await ask()
    if (answer) return answer
    await new Promise((resolve) => setImmediate(resolve))
  }
}
