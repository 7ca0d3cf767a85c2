/** An account's public name on screen: nothing that WeChat knows the person by. */
export const displayNameOf = (accountId: string): string => `用户 ${accountId.slice(-6)}`
