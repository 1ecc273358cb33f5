/** A permit is the right to sign once. */
import { expect, test } from "vitest";
import { SigningPermit } from "../../../src/gate/permit.ts";
import { managedKey } from "../../place/people.ts";
import { idOf } from "../../place/gold.ts";

const { id, account, publicKey } = managedKey("hsm-mint");
const issue = (): SigningPermit =>
  SigningPermit.issue({ key: id, address: account, publicKey, digest: idOf("digest") });

test("hands its right out once", () => {
  const permit = issue();
  expect(permit.take().digest).toBe(idOf("digest"));
  expect(() => permit.take()).toThrow(/used twice/);
});

test("shows nothing of its right to whoever only holds it", () => {
  expect(JSON.stringify(issue())).toBe("{}");
  expect(Object.keys(issue())).toEqual([]);
});

test("cannot be made by hand", () => {
  // @ts-expect-error the constructor is private
  expect(() => (new SigningPermit({}) as SigningPermit).take()).not.toThrow(TypeError);
  // @ts-expect-error a record of the same shape is no permit
  const forged: SigningPermit = { take: () => ({ key: id, address: account, publicKey, digest: idOf("d") }) };
  expect(forged).not.toBeInstanceOf(SigningPermit);
});
