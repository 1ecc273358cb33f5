/** What a child printed is shown without its PIN. */
import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { createOutputCapture } from "../../../../src/adapters/pkcs11/output-capture.ts";

const key = new Uint8Array(32).fill(5);
const pin = "sEcret-9";
const mark = { length: pin.length, mark: createHmac("sha256", key).update(pin).digest("hex") };

test("the PIN is out wherever it stands, the rest is kept", () => {
  const capture = createOutputCapture(key);
  capture.add(Buffer.from("login with sEcr"));
  capture.add(Buffer.from("et-9 failed, sEcret-9sEcret-9!\n"));
  capture.arm(mark);
  expect(capture.text()).toBe("login with ******** failed, ****************!\n");
});

test("before the PIN can be recognised nothing is shown but how much there was", () => {
  const capture = createOutputCapture(key);
  expect(capture.text()).toBe("");
  capture.add(Buffer.from(`pin ${pin}`));
  expect(capture.text()).toBe("(12 bytes withheld)");
});

test("the last four kibibytes are kept, without the end of a PIN that was cut off", () => {
  const capture = createOutputCapture(key);
  capture.arm(mark);
  capture.add(Buffer.from(pin + "x".repeat(4_096 - 3)));
  expect(capture.text()).toBe("x".repeat(4_096 - pin.length));
});
