/** `countersign asset show`: what is attested, what is out, and what room that leaves. */
import { z } from "zod";
import { format, parse as parseAmount } from "../values/amount.ts";
import { toIso } from "../values/instant.ts";
import { parse as parseName } from "../values/name.ts";
import { amountSchema, countSchema, instantSchema, parseWith } from "../values/schema.ts";
import type { Given } from "./command.ts";
import { option } from "./option-value.ts";
import { Refused, yes, type Outcome } from "./outcome.ts";
import { asked, openService } from "./connection.ts";

const viewSchema = z.looseObject({
  asset: z.string(),
  chainId: countSchema,
  token: z.string(),
  decimals: countSchema.max(77),
  policy: z.looseObject({ hash: z.string(), version: countSchema }),
  observed: z.array(
    z.looseObject({ fact: z.string(), value: z.string(), blockNumber: countSchema, observer: z.string() }),
  ),
  attested: z.array(
    z.looseObject({
      attestor: z.string(),
      reserves: amountSchema,
      asOf: instantSchema,
      expiresAt: instantSchema,
      sequence: countSchema,
    }),
  ),
  minting: amountSchema,
  headroom: amountSchema.nullable(),
  frozen: z
    .array(
      z.looseObject({
        freezeId: z.string(),
        scope: z.string(),
        target: z.string(),
        by: z.string(),
        reason: z.string(),
      }),
    )
    .nullable(),
});

export async function show(given: Given): Promise<Outcome> {
  const { client } = openService(given);
  const found = await asked(client.asset(option("ASSET", given.operand, parseName)));
  if (found.kind === "absent") throw new Refused("cli.absent", `there is no asset \`${given.operand}\``);
  const { asset, chainId, token, decimals, policy, observed, attested, minting, headroom, frozen } = parseWith(
    viewSchema,
    found.value,
    "client.not-understood",
  );
  const text = (units: typeof minting): string => `${format(units, decimals)} ${asset}`;
  const lines = [
    `${asset}: token ${token} on chain ${chainId}, policy version ${policy.version}`,
    ...attested.map(
      (one) =>
        `attested by ${one.attestor}: ${text(one.reserves)} as of ${toIso(one.asOf)}, good until ${toIso(one.expiresAt)}`,
    ),
    ...observed.map(({ fact, value, blockNumber, observer }) => {
      const said = fact === "supply" ? text(parseAmount(value)) : value;
      return `${observer} saw ${fact} ${said} at block ${blockNumber}`;
    }),
    `being minted: ${text(minting)}`,
    headroom === null ? "nobody has attested reserves" : `room to mint, as the service counts it: ${text(headroom)}`,
    ...(frozen === null
      ? ["whether it is frozen is not known: the gate does not answer the service"]
      : frozen.map(frozenLine)),
  ];
  return yes(lines, found.value);
}

type Freeze = NonNullable<z.infer<typeof viewSchema>["frozen"]>[number];

/** With the id that `unfreeze` takes. */
function frozenLine({ freezeId, scope, target, by, reason }: Freeze): string {
  const what = scope === "key" ? `key ${target} is ` : scope === "deployment" ? "everything is " : "";
  return `${what}frozen by ${by}: ${reason} (freeze ${freezeId})`;
}
