/** The cases that nobody may forget about a device, each with the test that holds it. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const cases = {
  "a person rejects": ["backend", "a rejection on the device is no signature, and is not asked for again by itself"],
  "a person ignores it past the deadline and approves late": [
    "backend",
    "an approval after the deadline is thrown away and told, and the device is used again after it",
  ],
  "the cable is pulled in a review": [
    "backend",
    "a device that is unplugged during the review signs nothing, and is found again when it is back",
  ],
  "a crash in a review, and a restart": [
    "backend",
    "after a crash during the review nothing is sent to the device until an operator looked at its screen",
  ],
  "reviewing is on disk before the first byte": [
    "backend",
    "stores that a review is under way before the first byte of it",
  ],
  "locked, then unlocked": [
    "backend",
    "locked then unlocked: the request waits meanwhile, and is shown and signed without anybody asking again",
  ],
  "locked in a review": [
    "backend",
    "a device that locks while a person reads signs nothing, and what it showed is not shown again by itself",
  ],
  "another app is open": [
    "backend",
    "a locked device, another app and an old one each say what to do, and are not errors",
  ],
  "another seed": ["backend", "a device with another seed or another passphrase is not used"],
  "a seed swapped under the cable": [
    "backend",
    "a seed that is swapped under the same cable is seen before the next signature",
  ],
  "two devices at once": [
    "two-devices",
    "two devices at once: both people read at the same time, and each approves their own",
  ],
  "two devices swapped": [
    "two-devices",
    "two devices swapped: each slot finds its own by the key, not by where it is plugged in",
  ],
  "two devices with the same keys": [
    "two-devices",
    "two devices with the same keys: neither is chosen until one of them is taken away",
  ],
  "two requests at once": [
    "backend",
    "two requests at once are shown one after the other, in the order in which they asked",
  ],
  "blind signing off with data": [
    "backend",
    "a slot that declares blind signing off refuses a call of a contract before the device hears of it",
  ],
  "settings changed behind our back": [
    "backend",
    "a setting that is changed after the device was found ready is seen before the next signature",
  ],
  "legacy with a large chain id, types 1, 2 and 4": [
    "seam",
    "a transaction of type %s has the parity of its signature",
  ],
  "type 3": ["emulator", "of type 3 are refused"],
  "chunk edges": ["emulator", "with %d bytes of data come in chunks of any size"],
  "another key, another digest, short and empty answers": [
    "backend",
    "%s never leaves: the device is not used any more until an operator says so",
  ],
  "a duplicate answer": ["backend", "an answer of the one before is no signature of this one"],
  "an answer of another program": ["seam", "an answer on another program's channel is seen as another program"],
  "no socket opens": ["seam", "no socket is opened and no name is looked up, whatever is signed"],
  "a second process": ["backend", "a second process does not open the same device"],
  "no native package": ["seam", "a machine without the native package says what is missing"],
} as const satisfies Record<string, readonly [page: string, title: string]>;

test.each(Object.entries(cases))("%s has its test", (_, [page, title]) => {
  const text = readFileSync(new URL(`${page}.test.ts`, import.meta.url), "utf8");
  expect(text.split(JSON.stringify(title))).toHaveLength(2);
});
