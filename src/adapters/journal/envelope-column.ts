/** Envelopes in columns: the same text is one value from when it was written or first read, and nobody can change it. */
import { z } from "zod";
import { envelopeSchema, type Envelope } from "../../statement/envelope.ts";
import { parseStrict } from "../../values/json.ts";
import { toJson } from "./row.ts";

/** Texts of one journal that decisions look at again and again; when there are more, all are read anew. */
const most = 1_000;

export type EnvelopeColumn = {
  /** Throws `InvalidValue` or a `ZodError` for what is no envelope, which `readRow` turns into a fault. */
  readonly schema: z.ZodType<Envelope, string>;
  /** The text for the column. The envelope is frozen: it is what this text is read as from now on. */
  readonly textOf: (envelope: Envelope) => string;
};

export function envelopeColumn(): EnvelopeColumn {
  const known = new Map<string, Envelope>();
  const keep = (text: string, envelope: Envelope): Envelope => {
    if (known.size >= most) known.clear();
    known.set(text, frozen(envelope));
    return envelope;
  };
  return {
    schema: z
      .string()
      .transform((text): Envelope => known.get(text) ?? keep(text, envelopeSchema.parse(parseStrict(text)))),
    textOf: (envelope) => {
      const text = toJson(envelope);
      if (!known.has(text)) keep(text, envelope);
      return text;
    },
  };
}

/** Flat but for its message and its proof, which are flat themselves. */
function frozen(envelope: Envelope): Envelope {
  Object.freeze(envelope.message);
  Object.freeze(envelope.proof);
  return Object.freeze(envelope);
}
