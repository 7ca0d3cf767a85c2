type EnvVersion = 'develop' | 'trial' | 'release'

/**
 * Which build is running. Asked every time: it is cheap, and nothing has to be remembered. wx.getAccountInfoSync exists since
 * base library 2.2.2 and tells the build since 2.10.0: whatever does not tell is treated as released.
 */
export function envVersion(): EnvVersion {
  const { getAccountInfoSync } = wx as Partial<Pick<typeof wx, 'getAccountInfoSync'>>
  const told = getAccountInfoSync?.().miniProgram.envVersion as EnvVersion | undefined
  return told ?? 'release'
}
