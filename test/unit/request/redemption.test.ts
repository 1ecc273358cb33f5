/** How far a second leg is, as it is kept: read strictly, and absent in what was kept before there was one. */
import { expect, it } from "vitest";
import { redemptionSchema } from "../../../src/request/redemption.ts";
import { requestSchema } from "../../../src/request/request.ts";
import { toWire } from "../../../src/values/wire.ts";
import { fresh } from "./sample.ts";

const owed = { kind: "owed", why: "waits", release: null, instruction: null, deliveries: [] };

it("is one of four kinds, with nothing that is not known", () => {
  expect(redemptionSchema.parse(owed)).toEqual(owed);
  for (const kind of ["released", "delivered", "reversed"])
    expect(redemptionSchema.safeParse({ ...owed, kind }).success).toBe(true);
  for (const wrong of [{ kind: "lost" }, { paid: true }, { deliveries: [{ member: "a b" }] }])
    expect(redemptionSchema.safeParse({ ...owed, ...wrong }).success).toBe(false);
});

it("is null in a request of an earlier release", () => {
  const { redemption, ...before } = JSON.parse(JSON.stringify(toWire(fresh()))) as Record<string, unknown>;
  expect(redemption).toBeNull();
  expect(requestSchema.parse(before).redemption).toBeNull();
});
