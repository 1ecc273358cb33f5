/** An asset as the API shows it, for tests of whoever reads it. */
import { assetViewSchema, type AssetView } from "../../src/request/asset.ts";
import type { Json } from "../../src/values/json.ts";
import { toWire } from "../../src/values/wire.ts";

const hash = `0x${"5e".repeat(32)}`;
const asOf = 1_800_000_000;

export const goldWire: Readonly<Record<string, Json>> = {
  asset: "GLD",
  chainId: 31_337,
  token: `0x${"11".repeat(20)}`,
  decimals: 18,
  policy: { hash, version: 1 },
  at: asOf + 3_600,
  observed: [{ fact: "supply", value: "400", blockNumber: 50, blockTime: asOf, observer: "obs-1" }],
  attested: [
    {
      attestor: "vault-auditor",
      asset: "GLD",
      chainId: 31_337,
      token: `0x${"11".repeat(20)}`,
      unit: "troy ounce",
      decimals: 18,
      reserves: "1000",
      supply: "400",
      supplyBlock: 50,
      asOf,
      expiresAt: asOf + 86_400,
      reportHash: hash,
      sequence: 1,
    },
  ],
  supply: "400",
  minting: "100",
  cover: [
    {
      guard: "reserves-cover",
      by: { group: "attestors", min: 1 },
      maxAgeSeconds: 86_400,
      ratio: "1.00",
      warnRatio: null,
      worth: "",
      reserves: "1000",
      most: "1000",
      headroom: "500",
      coverage: "2.0000",
      band: "covered",
      endsAt: asOf + 86_400,
      words: [
        {
          source: "vault-auditor",
          reserves: "1000",
          asOf,
          ageSeconds: 3_600,
          expiresAt: asOf + 86_400,
          standing: "current",
        },
      ],
    },
  ],
  headroom: "500",
  band: "covered",
  proposal: null,
  pending: [
    { operation: "mint", count: 1, amount: "100" },
    { operation: "redeem", count: 2, amount: "30" },
  ],
  redeeming: "30",
  limits: [{ clause: "limit.mint-day", said: "at most 5,000 GLD of mint in any 24 hours", usedMillionths: 375_001 }],
  audits: [],
  lastAudit: { attestor: "vault-auditor", asOf, reportHash: hash },
  frozen: [],
};

/** The gold token, covered twice over; any field may be another. */
export function goldView(fields: Readonly<Record<string, unknown>> = {}): AssetView {
  return assetViewSchema.parse({ ...goldWire, ...(toWire(fields) as Record<string, Json>) });
}
