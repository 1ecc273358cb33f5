/** No address of the house, of this machine, or one that carries such an address in another form is public. */
import { expect, test } from "vitest";
import { isPublic } from "../../../../src/adapters/webhook/public-address.ts";

test.each([
  "93.184.216.34",
  "8.8.8.8",
  "172.32.0.1",
  "172.15.255.255",
  "100.128.0.1",
  "2606:4700::1111",
  "2a00:1450:4001::1",
])("%s is public", (address) => {
  expect(isPublic(address)).toBe(true);
});

test.each([
  "0.0.0.0",
  "10.0.0.1",
  "100.64.0.1",
  "127.0.0.1",
  "127.255.255.254",
  "169.254.169.254",
  "172.16.0.1",
  "172.31.255.255",
  "192.168.1.1",
  "198.18.0.1",
  "224.0.0.1",
  "255.255.255.255",
  "::",
  "::1",
  "::ffff:127.0.0.1",
  "::ffff:8.8.8.8",
  "::127.0.0.1",
  "64:ff9b::7f00:1",
  "fc00::1",
  "fd12::1",
  "fe80::1",
  "fe80::1%eth0",
  "ff02::1",
  "2001:db8::1",
  "2001::1",
  "2002:7f00:1::",
  "",
  "localhost",
  "127.1",
  "0x7f.0.0.1",
])("%s is not", (address) => {
  expect(isPublic(address)).toBe(false);
});
