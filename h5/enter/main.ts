import type { Me } from '../../contract/session.ts'
import { send } from '../api/send.ts'
import { rememberEntry } from '../entry/known-entry.ts'
import { freshTicketGuard, isHeldByMiniProgram, reopenWithFreshTicket } from '../entry/native.ts'
import { enter, readArrival } from './enter.ts'

// First of all: the ticket leaves the address, before anything can note it down.
const arrival = readArrival(location.hash, history.state)
history.replaceState({ code: arrival.code, to: arrival.to }, '', location.pathname)

const words = document.querySelector('#words')
const retry = document.querySelector<HTMLButtonElement>('#retry')

async function tryToEnter(): Promise<void> {
  if (retry) retry.hidden = true
  if (words) words.textContent = '正在进入…'
  const ending = await enter(arrival, {
    spendTicket: (code, ticket) =>
      send<Me>(`/api/${code}/web-sessions`, { method: 'POST', body: { ticket } }),
    getMe: (code) => send<Me>(`/api/${code}/me`),
    remember: rememberEntry,
    go: (path) => location.replace(path),
    isHeldByMiniProgram,
    reopen: reopenWithFreshTicket,
    guard: freshTicketGuard,
  })
  if (ending === 'gone') return
  if (words) words.textContent = '没能进入，请检查网络后重试；还不行的话，请返回小程序首页重新进入。'
  if (retry) retry.hidden = false
}

retry?.addEventListener('click', () => {
  freshTicketGuard.reset()
  void tryToEnter()
})

void tryToEnter()
