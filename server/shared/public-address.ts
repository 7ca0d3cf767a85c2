import { BlockList, isIP } from 'node:net'

/**
 * IPv4 that is not everybody's: https://www.iana.org/assignments/iana-ipv4-special-registry. Carrier-grade NAT
 * (100.64.0.0/10) holds Alibaba Cloud's metadata, link-local (169.254.0.0/16) Tencent Cloud's and most others'.
 */
const reserved = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  // Azure's platform speaks from here to each of its machines.
  ['168.63.129.16', 32],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  reserved.addSubnet(network, prefix)

/** IPv6 that is given out: https://www.iana.org/assignments/ipv6-unicast-address-assignments. Mapped IPv4 is outside. */
const globalUnicast = new BlockList()
globalUnicast.addSubnet('2000::', 3, 'ipv6')

/** Within it, what leads elsewhere: https://www.iana.org/assignments/iana-ipv6-special-registry */
const elsewhere = new BlockList()
for (const [network, prefix] of [
  // Teredo, ORCHID and their like.
  ['2001::', 23],
  ['2001:db8::', 32],
  // 6to4: an IPv4 address in disguise.
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  elsewhere.addSubnet(network, prefix, 'ipv6')

/** Whether an IP address belongs to the public internet: nothing of this machine, its network or its cloud. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !reserved.check(address)
    case 6:
      // A zone (fe80::1%eth0) names an interface of this machine.
      return (
        !address.includes('%') && globalUnicast.check(address, 'ipv6') && !elsewhere.check(address, 'ipv6')
      )
    default:
      return false
  }
}

/** Whether an address names its host by a number that is not public. Such a host is never looked up. */
export function isPrivateLiteral({ hostname }: URL): boolean {
  const literal = hostname.replace(/^\[|\]$/g, '')
  return isIP(literal) !== 0 && !isPublicAddress(literal)
}
