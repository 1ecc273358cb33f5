/** Documents as lines: every JSON reads back from them as it was, by the reader that officers' files go through. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { yamlOf } from "../../../src/console/yaml-shown.ts";
import { readPolicyDocument } from "../../../src/policy/document/document.ts";
import { parseYaml } from "../../../src/policy/document/yaml-text.ts";
import type { Json } from "../../../src/values/json.ts";
import { toWire } from "../../../src/values/wire.ts";
import { goldPolicy } from "../../place/gold.ts";

it("writes a policy so that it reads back as the same policy", () => {
  const text = yamlOf(toWire(goldPolicy()));
  expect(readPolicyDocument(parseYaml(text))).toEqual(goldPolicy());
  expect(text).toContain("\n    when:\n      operation: mint\n");
});

it("writes any JSON so that a reader of YAML finds the same", () => {
  const words = fc.oneof(
    fc.string(),
    fc.constantFrom("yes", "no", "null", "1", "1e3", "a: b", "- a", "# a", " a", "a ", ""),
  );
  const json = fc.letrec<{ any: Json }>((tie) => ({
    any: fc.oneof(
      { depthSize: "small" },
      fc.constant(null),
      fc.boolean(),
      fc.integer(),
      words,
      fc.array(tie("any"), { maxLength: 4 }),
      fc.dictionary(words, tie("any"), { maxKeys: 4 }) as fc.Arbitrary<Json>,
    ),
  })).any;
  fc.assert(
    fc.property(json, (value) => {
      expect(parse(yamlOf(value), { version: "1.1", merge: false })).toEqual(JSON.parse(JSON.stringify(value)));
      expect(parse(yamlOf(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});
