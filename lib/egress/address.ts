import { BlockList, isIPv4 } from 'node:net';

/** IPv4 that is not the public internet: the IANA special-purpose registry, multicast, reserved, and Azure's host. */
const IPV4_SPECIAL = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];

/**
 * IPv6 is the other way round: only global unicast, so that whatever embeds an IPv4 address in another
 * prefix (mapped, compatible, NAT64), link-local, unique-local and multicast fall out unnamed.
 */
const IPV6_GLOBAL = ['2000::/3'];
/** Protocol assignments with Teredo, documentation, 6to4, documentation, AS112. */
const IPV6_SPECIAL = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20', '2620:4f:8000::/48'];

/** Where clouds hand out credentials to whoever asks. */
const METADATA = [
  '169.254.169.254/32',
  '169.254.170.2/32',
  '169.254.170.23/32',
  '100.100.100.200/32',
  '168.63.129.16/32',
  '192.0.0.192/32',
  'fd00:ec2::254/128',
  'fd00:ec2::23/128',
  'fd20:ce::254/128',
];

/** A set of addresses. IPv4 and IPv6 never mix: BlockList by itself lets an IPv4 rule match a mapped IPv6 address. */
export class AddressSet {
  private readonly lists = { ipv4: new BlockList(), ipv6: new BlockList() };

  constructor(cidrs: readonly string[] = []) {
    for (const cidr of cidrs) this.add(cidr);
  }

  /** Adds an address or a range in CIDR notation. Throws RangeError or TypeError when it is neither. */
  add(cidr: string): void {
    const [address = '', length] = cidr.split('/');
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    const bits = length === undefined ? (family === 'ipv4' ? 32 : 128) : Number(length || Number.NaN);
    this.lists[family].addSubnet(address, bits, family);
  }

  has(address: string): boolean {
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    return this.lists[family].check(address, family);
  }
}

const special = new AddressSet([...IPV4_SPECIAL, ...IPV6_SPECIAL]);
const global6 = new AddressSet(IPV6_GLOBAL);
const metadata = new AddressSet(METADATA);

/** Whether an address (as `net.isIP` takes it) is on the public internet. */
export function isPublic(address: string): boolean {
  return (isIPv4(address) || global6.has(address)) && !special.has(address);
}

/** Whether an address is a cloud's metadata service. */
export function isMetadata(address: string): boolean {
  return metadata.has(address);
}
