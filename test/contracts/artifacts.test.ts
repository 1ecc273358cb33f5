/** Each artifact kept in the tree is what the pinned compiler makes of the source beside it, to the byte. */
import { describe, expect, it } from "vitest";
import { compile, contracts, readArtifact, sourceHash, sourcesOf } from "./compiler.ts";

describe.each(contracts)("the artifact of $name", (contract) => {
  it("names the hash of its source, of all it imports, of the settings and of the compiler", () => {
    expect(readArtifact(contract).sourceHash, "run `node scripts/compile-contracts.ts`").toBe(sourceHash(contract));
  });

  it("counts every import into that hash", () => {
    const names = [...sourcesOf(contract).keys()];
    expect(names).toContain(contract.source);
    if (contract.name !== "DemoToken") return;
    expect(names).toContain("@openzeppelin/contracts/token/ERC20/ERC20.sol");
    expect(names).toContain("@openzeppelin/contracts/utils/Context.sol");
  });

  it("is what the compiler makes of the source now", () => {
    expect(readArtifact(contract)).toEqual(compile(contract));
  });
});
