/** The selectors of every call of every standard, written down from the standards themselves. */
import { expect, it } from "vitest";
import { callKinds, signatureOf } from "../../../src/intent/signature.ts";
import { standardSchema } from "../../../src/intent/standard.ts";
import { keccak256, utf8 } from "../../../src/values/digest.ts";

const selectors = {
  "role-erc20": {
    ...{ mint: "0x40c10f19", transfer: "0xa9059cbb", burn: "0x42966c68", pause: "0x8456cb59", unpause: "0x3f4ba83a" },
    ...{ grantRole: "0x2f2ff15d", revokeRole: "0xd547741f" },
  },
  erc3643: {
    ...{ mint: "0x40c10f19", transfer: "0xa9059cbb", agentBurn: "0x9dc29fac", pause: "0x8456cb59" },
    ...{ unpause: "0x3f4ba83a", freeze: "0xc69c09cf", unfreeze: "0xc69c09cf" },
    ...{ registerIdentity: "0x454a03e0", forcedTransfer: "0x9fc1d0e7" },
    ...{ addClaim: "0xb1a34e0d", removeClaim: "0x4eee424a" },
  },
  erc7943: {
    ...{ mint: "0x40c10f19", transfer: "0xa9059cbb", burn: "0x42966c68", pause: "0x8456cb59", unpause: "0x3f4ba83a" },
    ...{ freeze: "0xebe45cba", unfreeze: "0xebe45cba", forcedTransfer: "0x9fc1d0e7" },
  },
  "fiat-token": {
    ...{ mint: "0x40c10f19", transfer: "0xa9059cbb", burn: "0x42966c68", pause: "0x8456cb59", unpause: "0x3f4ba83a" },
    ...{ freeze: "0xf9f92be4", unfreeze: "0x1a895266" },
  },
  "backed-token": {
    ...{ mint: "0x40c10f19", transfer: "0xa9059cbb", agentBurn: "0x9dc29fac", pause: "0xbedb86fb" },
    ...{ unpause: "0xbedb86fb", raiseMultiplier: "0x8038cb58" },
  },
};

it.each(standardSchema.options)("of %s are these", (standard) => {
  const found = callKinds.flatMap((kind) => {
    const signature = signatureOf(standard, kind);
    return signature === undefined ? [] : [[kind, keccak256(utf8(signature.text)).slice(0, 10)]];
  });
  expect(Object.fromEntries(found)).toEqual(selectors[standard]);
});
