/** Which build is running. Asked every time: it is cheap, and nothing has to be remembered. */
export function envVersion(): 'develop' | 'trial' | 'release' {
  return wx.getAccountInfoSync().miniProgram.envVersion
}
