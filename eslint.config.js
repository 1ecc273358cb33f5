/** What the linter refuses: type-aware strictness everywhere, and a closed world for the stages that decide. */
import js from "@eslint/js";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

/** Stages that decide: no clock, no chance, no world. */
const stages = "values intent roster statement evidence policy genesis log gate bundle chain request".split(" ");
const pure = stages.map((stage) => `src/${stage}/**/*.ts`);

/** What a pure stage receives as an argument instead of reaching for it. */
const outside =
  "Date process fetch setTimeout setInterval setImmediate queueMicrotask console crypto performance Buffer";

const handed = outside.split(" ").map((name) => ({ name, message: "A pure stage takes this as an argument." }));

/** Names that plain Node scripts may use without importing them. */
const nodeGlobals = "process console URL Buffer setTimeout clearTimeout setInterval clearInterval fetch performance";

export default defineConfig(
  { ignores: ["dist/", "coverage/", ".tools/", ".data/", "node_modules/"] },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/consistent-type-definitions": ["error", "type"],
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: true },
      ],
      "@typescript-eslint/strict-boolean-expressions": "error",
      "@typescript-eslint/no-unsafe-type-assertion": "error",
      "@typescript-eslint/explicit-module-boundary-types": "error",
      "@typescript-eslint/no-unnecessary-condition": [
        "error",
        { allowConstantLoopConditions: "only-allowed-literals" },
      ],
      "@typescript-eslint/prefer-readonly": "error",
      "@typescript-eslint/max-params": ["error", { max: 4 }],
      // There are no enums to assign.
      "@typescript-eslint/no-unsafe-enum-assignment": "off",
      // A number, a bigint and a boolean read the same in a sentence as in code.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "max-lines-per-function": ["error", { max: 70, skipComments: true, skipBlankLines: true }],
      "max-lines": ["error", { max: 400, skipComments: true, skipBlankLines: true }],
      "max-depth": ["error", 3],
      complexity: ["error", 12],
      eqeqeq: "error",
      "no-restricted-syntax": [
        "error",
        { selector: "ExportDefaultDeclaration", message: "Name what you export." },
        { selector: "TSEnumDeclaration", message: "Use a union of literals." },
        { selector: "ExportAllDeclaration", message: "No barrels: import from the file that says it." },
      ],
    },
  },
  {
    // Pages have a world of their own: a document, and nothing of Node.
    files: ["src/console/**/*.ts", "src/compose/console-page.ts"],
    languageOptions: { parserOptions: { projectService: false, project: "./tsconfig.console.json" } },
  },
  {
    files: pure,
    rules: {
      "no-restricted-globals": ["error", ...handed],
      "no-restricted-properties": [
        "error",
        { object: "Math", property: "random", message: "A pure stage takes chance as an argument." },
      ],
      "no-restricted-imports": [
        "error",
        {
          paths: [{ name: "ethers", message: "Import ethers/abi, ethers/hash, ethers/transaction or ethers/address." }],
          patterns: [{ group: ["node:*"], message: "A pure stage touches nothing outside itself." }],
        },
      ],
      "@typescript-eslint/require-await": "error",
    },
  },
  {
    // Only a module that proves a brand may assert it. This list is the whole trusted base of the types.
    files: ["src/values/**/*.ts", "src/policy/decide/quorum.ts", "src/gate/permit.ts"],
    rules: { "@typescript-eslint/no-unsafe-type-assertion": "off" },
  },
  {
    files: ["test/**/*.ts"],
    rules: {
      "max-lines-per-function": "off",
      "max-lines": ["error", { max: 600, skipComments: true, skipBlankLines: true }],
      "@typescript-eslint/no-unsafe-type-assertion": "off",
      "@typescript-eslint/no-unsafe-class-instance-assignment": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-unnecessary-condition": "off",
      "@typescript-eslint/strict-boolean-expressions": "off",
      "@typescript-eslint/explicit-module-boundary-types": "off",
      "@typescript-eslint/require-await": "off",
      "@typescript-eslint/max-params": "off",
      complexity: "off",
      // The runner collects what these return; nobody awaits them.
      "@typescript-eslint/no-floating-promises": [
        "error",
        { allowForKnownSafeCalls: [{ from: "package", package: "vitest", name: ["describe", "it", "test"] }] },
      ],
    },
  },
  {
    // One object each tool reads by its default export.
    files: ["*.config.ts", "test/**/*.config.ts"],
    rules: { "no-restricted-syntax": "off" },
  },
  {
    // Plain JavaScript: what must run before there is a compiler, and settings of the tools.
    files: ["**/*.js", "**/*.mjs"],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {
      parserOptions: { projectService: false },
      globals: Object.fromEntries(nodeGlobals.split(" ").map((name) => [name, "readonly"])),
    },
    rules: { "no-restricted-syntax": "off", "@typescript-eslint/explicit-module-boundary-types": "off" },
  },
);
