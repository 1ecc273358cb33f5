/** Tests of a policy, for the pages' build: what they read was taken by a gate already, and no page runs one. Addresses are spelled as the whole schema spells them. */
import { jsonSchema, lift } from "../src/values/schema.ts";

export const testSchema = lift(jsonSchema, (test) => {
  const to = test?.request?.to;
  return typeof to !== "string" ? test : { ...test, request: { ...test.request, to: to.toLowerCase() } };
});
