/** Which addresses are in the public internet: everything that could be a machine of the house, or this one, is not. */
import { BlockList, isIP } from "node:net";

const reserved = new BlockList();
for (const [net, bits] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
] as const)
  reserved.addSubnet(net, bits, "ipv4");

/** Of IPv6 only what is handed out to the world, without the parts that carry an IPv4 address or are for books. */
const global = new BlockList();
global.addSubnet("2000::", 3, "ipv6");
const odd = new BlockList();
for (const [net, bits] of [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
] as const)
  odd.addSubnet(net, bits, "ipv6");

/** False for what is no address at all. */
export function isPublic(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !reserved.check(address, "ipv4");
    case 6:
      return !address.includes("%") && global.check(address, "ipv6") && !odd.check(address, "ipv6");
    default:
      return false;
  }
}
