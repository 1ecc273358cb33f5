/** The compose file for Ledger's emulator: valid by the specification's schema, and every path, port, option and variable in it is one that exists. The image itself is not run here. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { ledgerDevice } from "../../src/compose/ledger-device.ts";
import { speculosWords } from "../place/ethereum-app/wallet.ts";
import { composeErrors } from "./compose-schema.ts";

const text = readFileSync("docker/speculos.compose.yaml", "utf8");
const page = readFileSync("hsm-config/README.md", "utf8");

type Service = {
  readonly image: string;
  readonly command: readonly string[];
  readonly volumes: readonly { readonly type: string; readonly source: string; readonly target: string }[];
  readonly ports: readonly string[];
};
const { services } = parse(text) as { services: Record<string, Service> };
const speculos = services["speculos"]!;

/** `--option value` pairs of the command, and what is left. */
const options = new Map(
  speculos.command.flatMap((word, index) =>
    word.startsWith("--") ? [[word, speculos.command[index + 1] ?? ""] as const] : [],
  ),
);

test("the schema of the specification takes it, and takes no field that it does not have", () => {
  expect(composeErrors(parse(text))).toEqual([]);
  expect(composeErrors({ services: { speculos: { ...speculos, prots: [] } } })).not.toEqual([]);
  expect(composeErrors({ services: { speculos: { ...speculos, ports: [{ target: true }] } } })).not.toEqual([]);
});

test("its ports are on loopback only, and are those that Speculos is told", () => {
  const [apdu, api] = [options.get("--apdu-port"), options.get("--api-port")];
  expect(speculos.ports).toEqual([`127.0.0.1:${apdu}:${apdu}`, `127.0.0.1:${api}:${api}`]);
});

test("what developers are told to set leads to the port of the emulator", () => {
  const [, told = ""] = /LEDGER_SPECULOS=(\S+) /.exec(text) ?? [];
  const port = Number(options.get("--apdu-port"));
  expect(ledgerDevice({ LEDGER_SPECULOS: told }, true)).toEqual({ kind: "speculos", host: "127.0.0.1", port });
  expect(page).toContain(`LEDGER_SPECULOS=${told}`);
});

test("each option is one of Speculos', and the app is the file that is mounted", () => {
  const known = ["--model", "--display", "--apdu-port", "--api-port", "--seed"];
  expect([...options.keys()].sort()).toEqual(known.sort());
  const [volume, more] = speculos.volumes;
  expect(more).toBeUndefined();
  expect(speculos.command.at(-1)).toBe(volume?.target);
});

test("the seed is its own when no variable says another, so that keys are those of our emulator", () => {
  expect(options.get("--seed")).toBe(`\${SPECULOS_SEED:-${speculosWords}}`);
});

test("each variable is described where developers look, and what has no usual value is asked for by name", () => {
  const names = [...text.matchAll(/\$\{([A-Z_]+)(:[-?])?/g)].map(([, name = "", rule]) => ({ name, rule }));
  expect(names.map(({ name }) => name).sort()).toEqual(["SPECULOS_APP", "SPECULOS_IMAGE", "SPECULOS_SEED"]);
  for (const { name, rule } of names) {
    expect(rule).toBeDefined();
    expect(page).toContain(`\`${name}\``);
  }
});

test("the page names this file", () => {
  expect(page).toContain("docker/speculos.compose.yaml");
});
