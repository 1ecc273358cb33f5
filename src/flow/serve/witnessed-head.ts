/** The newest checkpoint that the witnesses hold, for when the gate is not there to say what its log is. */
import { format, parse, withSignature, type SignedCheckpoint } from "../../log/checkpoint.ts";
import { verifyCosignature } from "../../log/cosignature.ts";
import type { SignatureChecks } from "../../values/signature-checks.ts";
import { Fault, InvalidValue } from "../../values/errors.ts";
import type { WitnessEndpoint } from "./witness.port.ts";

type Asked = {
  readonly witnesses: readonly WitnessEndpoint[];
  readonly min: number;
  readonly checks: SignatureChecks;
};

/** The largest that enough of them cosigned last, with all their lines; undefined when there is none, or too few answer. */
export async function witnessedHead({ witnesses, min, checks }: Asked): Promise<string | undefined> {
  const heads = new Map<string, SignedCheckpoint>();
  for (const head of await Promise.all(witnesses.map(newestOf))) {
    if (head === undefined) continue;
    const name = `${head.checkpoint.size} ${head.checkpoint.root}`;
    const before = heads.get(name);
    heads.set(name, before === undefined ? head : head.signatures.reduce(withSignature, before));
  }
  const isEnough = (head: SignedCheckpoint): boolean =>
    witnesses.filter(({ key }) => verifyCosignature(head, key, checks).kind === "cosigned").length >= min;
  const [largest] = [...heads.values()].filter(isEnough).sort((a, b) => b.checkpoint.size - a.checkpoint.size);
  return largest === undefined ? undefined : format(largest);
}

async function newestOf(witness: WitnessEndpoint): Promise<SignedCheckpoint | undefined> {
  try {
    const text = await witness.newest();
    return text === undefined ? undefined : parse(text);
  } catch (error) {
    if (error instanceof Fault || error instanceof InvalidValue) return undefined;
    throw error;
  }
}
