/** Data flows down this list; imports only ever look up it. */
const pure = "values intent roster statement evidence policy genesis log chain gate bundle request".split(" ");

/** Every folder of src, in order; test/tidy.test.ts compares this list with the disk. */
export const folders = [...pure, "flow", "adapters", "http", "sdk", "console", "config", "compose", "cli"];

const any = (names) => `^src/(${names.join("|")})/`;
const stages = any(pure);

/** A stage may import itself and what stands before it. */
const upstream = [...pure, "flow"].map((stage, rank, all) => ({
  name: `${stage}-looks-only-upstream`,
  comment: `src/${stage} may import ${all.slice(0, rank).join(", ") || "nothing of ours"}.`,
  severity: "error",
  from: { path: `^src/${stage}/` },
  to: { path: "^src/", pathNot: any(all.slice(0, rank + 1)) },
}));

/** Rooms of the policy engine, in order; the files beside them are what the whole house knows of it. */
const policyRooms = "document compile decide trial words analyse change".split(" ");

const rooms = policyRooms.slice(0, -1).map((room, rank) => ({
  name: `policy-${room}-looks-only-upstream`,
  comment: `src/policy/${room} may import ${policyRooms.slice(0, rank).join(", ") || "no other room"}.`,
  severity: "error",
  from: { path: `^src/policy/${room}/` },
  to: { path: `^src/policy/(${policyRooms.slice(rank + 1).join("|")})/` },
}));

/** A rule for files of ours that import files of ours. */
const rule = (name, comment, from, to) => ({ name, comment, severity: "error", from, to });

const surfaces = [
  rule(
    "flows-are-separate-processes",
    "gate, serve, observe and witness run apart: what two of them need stands directly in src/flow, or upstream.",
    { path: "^src/flow/([^/]+)/" },
    { path: "^src/flow/[^/]+/", pathNot: "^src/flow/$1/" },
  ),
  rule(
    "what-flows-have-in-common-knows-none-of-them",
    "A file directly in src/flow imports no flow.",
    { path: "^src/flow/[^/]+\\.ts$" },
    { path: "^src/flow/[^/]+/" },
  ),
  rule(
    "adapters-know-ports-and-pure-stages",
    "An adapter implements a port of a flow; it never calls one.",
    { path: "^src/adapters/" },
    { path: "^src/", pathNot: [stages, "^src/flow/.*\\.port\\.ts$", "^src/adapters/"] },
  ),
  rule(
    "adapters-are-strangers",
    "One technology each: what two adapters need is a port or a pure stage.",
    { path: "^src/adapters/([^/]+)/" },
    { path: "^src/adapters/", pathNot: "^src/adapters/$1/" },
  ),
  rule(
    "only-compose-knows-adapters",
    "Everything else is handed a port.",
    { path: "^src/", pathNot: "^src/(compose|adapters)/" },
    { path: "^src/adapters/" },
  ),
  rule(
    "http-knows-pure-stages-and-serve",
    "The API runs in serve and calls no flow of another process.",
    { path: "^src/http/" },
    { path: "^src/", pathNot: [stages, "^src/flow/[^/]+\\.ts$", "^src/flow/serve/", "^src/http/"] },
  ),
  rule(
    "sdk-knows-pure-stages",
    "A client shares the vocabulary with the server, and nothing else.",
    { path: "^src/sdk/" },
    { path: "^src/", pathNot: [stages, "^src/sdk/"] },
  ),
  rule(
    "console-knows-pure-stages-and-sdk",
    "The web app is a client like any other.",
    { path: "^src/console/" },
    { path: "^src/", pathNot: [stages, "^src/(sdk|console)/"] },
  ),
  rule(
    "config-knows-pure-stages",
    "Configuration is read before anything is built.",
    { path: "^src/config/" },
    { path: "^src/", pathNot: [stages, "^src/config/"] },
  ),
  rule(
    "only-cli-and-main-know-compose",
    "Wiring happens once, at the outermost edge.",
    { path: "^src/", pathNot: "^src/(compose/|cli/|main\\.ts$)" },
    { path: "^src/compose/" },
  ),
  rule(
    "only-main-and-cli-know-cli",
    "A command is a way in, not a library.",
    { path: "^src/", pathNot: "^src/(cli/|main\\.ts$)" },
    { path: "^src/cli/" },
  ),
  rule("nothing-imports-main", "main.ts is where a process starts.", { path: "^src/" }, { path: "^src/main\\.ts$" }),
  rule("not-to-test", "What ships never reaches test wiring.", { path: "^(src|bin)/" }, { path: "^(test|scripts)/" }),
];

const packages = [
  rule(
    "pure-stages-touch-no-node",
    "Not even crypto: signature checks are a record passed in.",
    { path: stages },
    { dependencyTypes: ["core"] },
  ),
  rule(
    "pure-stages-few-packages",
    "zod and yaml for documents, @noble/hashes, and ethers' encoders by subpath: plain ethers loads 29 provider modules.",
    { path: stages, pathNot: "^src/bundle/" },
    {
      path: "node_modules/",
      pathNot: "node_modules/(zod|yaml|@noble/hashes|ethers/(lib\\.[a-z]+|types)/(abi|hash|transaction|address))/",
    },
  ),
  rule(
    "bundle-few-packages",
    "As every pure stage, and the curves: a browser checks signatures with noble, since it has no other way.",
    { path: "^src/bundle/" },
    {
      path: "node_modules/",
      pathNot: "node_modules/(zod|yaml|@noble/[a-z0-9]+|ethers/(lib\\.[a-z]+|types)/(abi|hash|transaction|address))/",
    },
  ),
  rule(
    "express-lives-in-http",
    "Only http speaks express.",
    { path: "^src/", pathNot: "^src/(http|compose)/" },
    { path: "node_modules/(@types/)?(express|express-rate-limit|helmet)/" },
  ),
  rule(
    "preact-lives-in-console",
    "What draws pages is built into them, and installed by nobody.",
    { path: "^src/", pathNot: "^src/console/" },
    { path: "node_modules/preact/" },
  ),
  rule(
    "drivers-live-in-adapters",
    "A device or a database is reached through a port.",
    { path: "^src/", pathNot: "^src/adapters/" },
    { path: "node_modules/(@types/)?(pkcs11js|@ledgerhq|node-hid|pg|kysely|secp256k1)/" },
  ),
  rule(
    "ledgers-libraries-behind-one-seam",
    "Whichever library speaks with a Ledger, only src/adapters/ledger/ledgerjs knows it.",
    { path: "^src/", pathNot: "^src/adapters/ledger/ledgerjs/" },
    { path: "node_modules/(@ledgerhq|node-hid)/" },
  ),
  rule(
    "no-unlisted-packages",
    "What ships imports only what package.json lists for it; what the console uses is built into its pages.",
    { path: "^(src|bin)/", pathNot: "^src/console/" },
    { dependencyTypes: ["npm-no-pkg", "npm-unknown", "npm-dev"], dependencyTypesNot: ["type-only"] },
  ),
  rule("nothing-unresolved", "Every import leads somewhere.", { path: "^(src|bin|test)/" }, { couldNotResolve: true }),
];

export default {
  forbidden: [
    ...upstream,
    ...rooms,
    ...surfaces,
    ...packages,
    rule("no-cycles", "Two files that need each other are one file, or three.", {}, { circular: true }),
    rule(
      "no-orphans",
      "A file nobody imports and that imports nobody is left over.",
      { orphan: true, path: "^src/", pathNot: ["^src/main\\.ts$", "\\.d\\.ts$"] },
      {},
    ),
  ],
  options: {
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"] },
  },
};
