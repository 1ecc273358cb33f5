/** Envelopes in columns: the same text is read once and is the same value every time, which nobody can change. */
import { z } from "zod";
import { envelopeSchema, type Envelope } from "../../statement/envelope.ts";
import { parseStrict } from "../../values/json.ts";

/** Texts of one journal that decisions look at again and again; when there are more, all are read anew. */
const most = 4_000;

/** Throws `InvalidValue` or a `ZodError` for what is no envelope, which `readRow` turns into a fault. */
export function envelopeColumn(): z.ZodType<Envelope, string> {
  const read = new Map<string, Envelope>();
  return z.string().transform((text): Envelope => {
    const known = read.get(text);
    if (known !== undefined) return known;
    const envelope = frozen(envelopeSchema.parse(parseStrict(text)));
    if (read.size >= most) read.clear();
    read.set(text, envelope);
    return envelope;
  });
}

/** Flat but for its message and its proof, which are flat themselves. */
function frozen(envelope: Envelope): Envelope {
  Object.freeze(envelope.message);
  Object.freeze(envelope.proof);
  return Object.freeze(envelope);
}
