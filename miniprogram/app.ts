import { askForUpgrade } from './services/ask-for-upgrade'
import { sessionToken } from './services/session'

App({
  /** Signs in while the first page is drawn; whoever needs the session asks again and shows what went wrong. */
  onLaunch() {
    sessionToken().catch((reason: unknown) => console.warn('not signed in yet', reason))
    askForUpgrade()
  },
})
