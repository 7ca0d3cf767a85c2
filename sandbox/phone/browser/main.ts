import { findProfile, profiles } from '../profiles.ts'
import type { Program } from '../program.ts'
import { element, speak } from './element.ts'
import { switchOnPhone } from './phone/phone.ts'
import type { Phone } from './phone/switch-on.ts'
import { type Surroundings, sandbox } from './sandbox.ts'
import { readShellAddress } from './shell-address.ts'
import { drawPicker } from './picker.ts'
import { keepShanghaiTime } from './shanghai-time.ts'

/** Not a literal: the bundler must leave this import to the browser. */
const programUrl: string = '/_phone/program.js'

keepShanghaiTime()
window.qiaofuPhones = {}
start().catch((error: unknown) => {
  console.error(error)
  document.body.append(
    element('p.trouble', { role: 'alert' }, error instanceof Error ? error.message : String(error)),
  )
})

// A window that comes back from the browser's memory has given its phones away.
window.addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload()
})

async function start(): Promise<void> {
  const address = readShellAddress(location.search)
  speak(address.language)
  const [surroundings, program] = await Promise.all([sandbox.surroundings(), loadProgram()])
  // One sheet for every phone: its rules begin at .mp, and each phone's pages lie under one.
  document.head.append(element('style', {}, program.css))
  const shelf = element('main.shelf')
  // On the desk stands the phone alone: what may be chosen is chosen there.
  const isOnDesk = window.parent !== window
  document.documentElement.classList.toggle('on-desk', isOnDesk)
  if (!isOnDesk) document.body.append(drawPicker(address, surroundings.people))
  document.body.append(shelf)
  const phones: Phone[] = []
  for (const { name, user, profile: device } of address.phones) {
    const person = findPerson(surroundings, user)
    const profile = findProfile(device) ?? profiles[0]
    if (profile === undefined) throw new Error('没有设备配置。')
    const phone = await switchOnPhone({
      name,
      person,
      profile,
      address,
      surroundings,
      program,
      sendCard(card) {
        const self = phones.find((one) => one.name === name)
        const other = phones.find((one) => one.name !== name)
        ;(other ?? self)?.receive(card)
        return other?.person.name ?? '文件传输助手'
      },
    })
    phones.push(phone)
    window.qiaofuPhones[name] = phone.handle
    shelf.append(phone.body)
  }
}

async function loadProgram(): Promise<Program> {
  // Built apart from this page, so that a change in the mini-program does not rebuild the phone.
  return (await import(/* @vite-ignore */ programUrl)) as Program
}

function findPerson({ people }: Surroundings, id: string) {
  const person = people.find((one) => one.id === id)
  if (person === undefined)
    throw new Error(`沙箱里没有“${id}”这个人，有：${people.map((one) => one.id).join('、')}。`)
  return person
}
