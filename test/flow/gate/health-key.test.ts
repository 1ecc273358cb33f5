/** A gate whose token would show its health with a key that moves funds does not open. */
import { expect, test } from "vitest";
import { parse as parseName } from "../../../src/values/name.ts";
import { openPlace, softBackend } from "../../place/gate.ts";
import { goldDeployment } from "../../place/gold.ts";
import { managedKey } from "../../place/people.ts";

const deployment = goldDeployment();
const place = (publicKey: string): Parameters<typeof openPlace>[2] => [
  {
    name: parseName("token"),
    kind: "pkcs11",
    keys: [deployment.key.id],
    backend: softBackend(),
    healthKey: publicKey as `0x${string}`,
  },
];

test("a health key that the roster manages is refused, and another one is not", async () => {
  expect(() => openPlace(deployment, softBackend(), place(deployment.key.publicKey))).toThrow(
    expect.objectContaining({
      code: "gate.health-key",
      message: "the health key of `token` is the roster's `hsm-mint`",
    }) as Error,
  );
  await openPlace(deployment, softBackend(), place(managedKey("health").publicKey)).close();
});
