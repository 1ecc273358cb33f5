/** Compiles our own Solidity with the pinned compiler from npm and hashes every source it used, so that an artifact can be checked against its source. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export type Artifact = {
  readonly contract: string;
  readonly compiler: string;
  /** SHA-256 over every source that goes in (our file and all it imports, by name), the settings and the compiler's version. */
  readonly sourceHash: string;
  readonly abi: readonly unknown[];
  readonly bytecode: string;
};

export type Contract = { readonly name: string; readonly source: string; readonly artifact: string };

type Solc = { readonly version: () => string; readonly compile: (input: string) => string };
type Problem = { readonly severity: string; readonly formattedMessage: string };
type Output = {
  readonly errors?: readonly Problem[];
  readonly contracts?: Readonly<
    Record<
      string,
      Readonly<
        Record<
          string,
          { readonly abi: readonly unknown[]; readonly evm: { readonly bytecode: { readonly object: string } } }
        >
      >
    >
  >;
};

const require = createRequire(import.meta.url);
const folder = dirname(fileURLToPath(import.meta.url));
const root = join(folder, "..", "..");

/** Every contract of ours and where its artifact is kept: with the adapter that deploys it, or here when only tests do. */
export const contracts: readonly Contract[] = [
  { name: "DemoToken", source: "demo-token.sol", artifact: join(root, "src", "adapters", "anvil", "demo-token.json") },
  { name: "FiatShape", source: "fiat-shape.sol", artifact: join(folder, "fiat-shape.json") },
  { name: "UrwaShape", source: "urwa-shape.sol", artifact: join(folder, "urwa-shape.json") },
  { name: "BackedShape", source: "backed-shape.sol", artifact: join(folder, "backed-shape.json") },
  { name: "FeedShape", source: "feed-shape.sol", artifact: join(folder, "feed-shape.json") },
  { name: "FeedProxyShape", source: "feed-shape.sol", artifact: join(folder, "feed-proxy-shape.json") },
];

/** No metadata trailer: the bytecode then depends on nothing but what the contract does. */
const settings = {
  evmVersion: "cancun",
  optimizer: { enabled: true, runs: 200 },
  metadata: { appendCBOR: false, bytecodeHash: "none" },
  outputSelection: { "*": { "*": ["abi", "evm.bytecode.object"] } },
};

/** The compiler's version as its package states it; the compiler itself (9 MB of WebAssembly) is not loaded for this. */
function compilerVersion(): string {
  const { version } = require("solc/package.json") as { version: string };
  return version;
}

const importLine = /^\s*import\s+(?:[^"']*\sfrom\s+)?["']([^"']+)["']\s*;/gm;

/** Every source by name, ours and all it imports, transitively. */
export function sourcesOf(contract: Contract): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const open: string[] = [contract.source];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue;
    const text = readFileSync(name.startsWith("@") ? require.resolve(name) : join(folder, name), "utf8");
    found.set(name, text);
    for (const match of text.matchAll(importLine)) {
      const target = match[1] ?? "";
      open.push(target.startsWith(".") ? join(dirname(name), target) : target);
    }
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function sourceHash(contract: Contract): string {
  const stated = JSON.stringify({ compiler: compilerVersion(), settings, sources: [...sourcesOf(contract)] });
  return `sha256:${createHash("sha256").update(stated).digest("hex")}`;
}

/** Runs the compiler, which takes about fifteen seconds. */
export function compile(contract: Contract): Artifact {
  const solc = require("solc") as Solc;
  const sources = Object.fromEntries([...sourcesOf(contract)].map(([name, content]) => [name, { content }]));
  const output = JSON.parse(solc.compile(JSON.stringify({ language: "Solidity", sources, settings }))) as Output;
  const problems = (output.errors ?? []).filter((problem) => problem.severity === "error");
  const built = output.contracts?.[contract.source]?.[contract.name];
  if (problems.length > 0 || built === undefined)
    throw new Error(
      problems.map((problem) => problem.formattedMessage).join("\n") ||
        `no contract \`${contract.name}\` in \`${contract.source}\``,
    );
  return {
    contract: contract.name,
    compiler: compilerVersion(),
    sourceHash: sourceHash(contract),
    abi: built.abi,
    bytecode: `0x${built.evm.bytecode.object}`,
  };
}

export function readArtifact(contract: Contract): Artifact {
  return JSON.parse(readFileSync(contract.artifact, "utf8")) as Artifact;
}
