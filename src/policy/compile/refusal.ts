/** What a document says and the language does not take: the code, and the field where it stands. */
import { InvalidValue } from "../../values/errors.ts";

/** `policy.<what>`, with the field in front of the message. */
export function refusal(what: string, field: string, message: string): InvalidValue {
  return new InvalidValue(`policy.${what}`, `${field}: ${message}`, field);
}
