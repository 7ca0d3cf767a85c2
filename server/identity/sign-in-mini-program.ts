import type { EntryConfig } from '../config/load-config.ts'
import { findAccount } from './find-account.ts'
import type { IdentityDeps, SignedIn } from './identity-deps.ts'

/** Exchanges a code of wx.login. The session_key that comes with it is not kept: nothing here needs it. */
export async function signInMiniProgram(
  deps: IdentityDeps,
  entry: EntryConfig,
  code: string,
): Promise<SignedIn> {
  const identity = await deps.login.exchangeMiniProgramCode(entry, code)
  const owner = await findAccount(deps, entry.customerAppid, identity)
  return { ...owner, entry, openid: identity.openid, isVirtual: identity.isVirtual }
}
