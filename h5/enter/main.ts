import type { Me } from '../../contract/session.ts'
import { failureOf } from '../api/failure.ts'
import { send } from '../api/send.ts'
import { rememberEntry } from '../entry/known-entry.ts'
import { isHeldByMiniProgram, reopenWithFreshTicket } from '../entry/native.ts'
import { freshTicketGuard } from '../entry/sign-in-guards.ts'
import { keptLanguage } from '../i18n/language.ts'
import { enter, readArrival } from './enter.ts'
import { enterWords } from './words.ts'

// First of all: the ticket leaves the address, before anything can note it down.
const arrival = readArrival(location.hash, history.state)
history.replaceState({ code: arrival.code, to: arrival.to }, '', location.pathname)

const language = keptLanguage()
const words = enterWords[language]
const retry = document.querySelector<HTMLButtonElement>('#retry')

function say(selector: string, sentence: string): void {
  const element = document.querySelector(selector)
  if (element) element.textContent = sentence
}

/** The number of the last request that the server refused. */
let refusedNumber = ''
async function noting<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    const failure = failureOf(error)
    if (failure.kind === 'problem') refusedNumber = failure.problem.requestId
    throw error
  }
}

async function tryToEnter(): Promise<void> {
  if (retry) retry.hidden = true
  refusedNumber = ''
  say('#request', '')
  say('#words', words.entering)
  const ending = await enter(arrival, {
    spendTicket: (code, ticket) =>
      noting(send<Me>(`/api/${code}/web-sessions`, { method: 'POST', body: { ticket } })),
    getMe: (code) => noting(send<Me>(`/api/${code}/me`)),
    remember: rememberEntry,
    go: (path) => location.replace(path),
    isHeldByMiniProgram,
    reopen: reopenWithFreshTicket,
    guard: freshTicketGuard,
  })
  if (ending === 'gone') return
  say('#words', words.stuck)
  if (refusedNumber) say('#request', `${words.request} ${refusedNumber}`)
  if (retry) retry.hidden = false
}

document.documentElement.lang = language
document.title = words.shop
say('h1', words.shop)
say('#retry', words.retry)
retry?.addEventListener('click', () => {
  freshTicketGuard.reset()
  void tryToEnter()
})

void tryToEnter()
