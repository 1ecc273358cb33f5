/** The recipes of the runbook for people who come and go: their commands, as printed, against the real API and gate. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { stringify } from "yaml";
import { openOwn } from "../../../src/compose/cli-credentials.ts";
import { documentName } from "../../../src/genesis/genesis.ts";
import type { Roster } from "../../../src/roster/roster.ts";
import { hash } from "../../../src/values/json.ts";
import * as name from "../../../src/values/name.ts";
import { toWire } from "../../../src/values/wire.ts";
import { rosterOf } from "../../place/people.ts";
import { openService, type ServicePlace } from "./service-place.ts";

let place: ServicePlace;
let rosters: Map<string, Roster>;

beforeEach(async () => {
  place = await openService();
  const { id, account, publicKey, backend } = place.serve.gatePlace.deployment.key;
  rosters = new Map();
  write("roster.yaml", rosterOf([{ id, account, publicKey, backend }]));
});
afterEach(async () => {
  await place.close();
});

function write(file: string, roster: Roster): void {
  rosters.set(file, roster);
  writeFileSync(place.at(file), stringify(toWire(roster), { defaultStringType: "QUOTE_DOUBLE" }));
}

type Edit = (people: Roster["people"]) => Roster["people"];

/** The next version of a file, as the recipe says to write it. */
function edited(before: string, edit: Edit): Roster {
  const roster = rosters.get(before)!;
  return {
    ...roster,
    version: roster.version + 1,
    previous: documentName(hash(toWire(roster))),
    people: edit(roster.people),
  };
}

/** The shell lines of a recipe. */
function linesOf(recipe: string): readonly string[] {
  const [, text = ""] = readFileSync("docs/runbook.md", "utf8").split(`<!-- recipe: ${recipe} -->`);
  const [own = ""] = text.split(/<!-- recipe: |^## /m);
  return [...own.matchAll(/^```sh\n([^]*?)^```$/gm)].flatMap(([, block = ""]) => block.trim().split("\n"));
}

const inForce = (): number | undefined => place.serve.gatePlace.journal.activeDocument("Roster", "roster")?.version;

/** Runs a line; a roster that it names and nobody wrote yet is written first. */
async function run(line: string, writers: Readonly<Record<string, () => Roster>>): Promise<void> {
  const [command = "", output] = line.split(" > ");
  const [own, ...words] = command.split(" ");
  expect(own).toBe("countersign");
  for (const [file, writer] of Object.entries(writers))
    if (words.includes(file) && !existsSync(place.at(file))) write(file, writer());
  const last = [...rosters.values()].at(-1)!;
  const variables: Readonly<Record<string, string>> = {
    $DEPLOYMENT: place.serve.gatePlace.deployment.deploymentId,
    $ROSTER: hash(toWire(last)),
  };
  const args = words.map((word) => variables[word] ?? (/\.(yaml|json)$/.test(word) ? place.at(word) : word));
  const signs = /^(roster propose|change sign)/.test(words.join(" "));
  const said = await place.as("otto", [...args, ...(signs ? ["--yes"] : [])]);
  expect({ line, code: said.code, err: said.err }).toEqual({ line, code: 0, err: [] });
  if (output !== undefined) writeFileSync(place.at(output), said.out.join(""));
  await place.serve.step();
}

test("a leaver is gone at once by one officer", async () => {
  const writers = {
    "roster-2.yaml": () => edited("roster.yaml", (people) => people.filter(({ id }) => id !== "carla")),
  };
  for (const line of linesOf("leaver")) await run(line, writers);
  expect(inForce()).toBe(2);
});

test("a lost credential is gone at once, and the new one comes with its proof by two officers", async () => {
  const carla =
    (edit: (person: Roster["people"][number]) => Roster["people"][number]): Edit =>
    (people) =>
      people.map((person) => (person.id === "carla" ? edit(person) : person));
  const writers = {
    "roster-2.yaml": () =>
      edited(
        "roster.yaml",
        carla((person) => ({ ...person, groups: [] })),
      ),
    "roster-3.yaml": () => {
      const { known } = openOwn(place.at("carla-2.json"));
      return edited(
        "roster-2.yaml",
        carla((person) => ({ ...person, groups: [name.parse("custodians")], credentials: [known] })),
      );
    },
  };
  const lines = linesOf("lost credential");
  const create = lines.findIndex((line) => line.includes("credential create"));
  for (const line of lines.slice(0, create)) await run(line, writers);
  expect(inForce()).toBe(2);
  for (const line of lines.slice(create)) await run(line, writers);
  expect(inForce()).toBe(2);
  await wait();
  expect(inForce()).toBe(3);
});

test("a holiday delegate comes by two officers and goes by one", async () => {
  const cora =
    (edit: (groups: Roster["people"][number]["groups"]) => Roster["people"][number]["groups"]): Edit =>
    (people) =>
      people.map((person) => (person.id === "cora" ? { ...person, groups: edit(person.groups) } : person));
  const custodians = name.parse("custodians");
  const writers = {
    "roster-2.yaml": () =>
      edited(
        "roster.yaml",
        cora((groups) => [...groups, custodians]),
      ),
    "roster-3.yaml": () =>
      edited(
        "roster-2.yaml",
        cora((groups) => groups.filter((group) => group !== custodians)),
      ),
  };
  const lines = linesOf("holiday delegate");
  expect(lines.at(-1)).toContain("roster-3.yaml");
  for (const line of lines.slice(0, -1)) await run(line, writers);
  expect(inForce()).toBe(1);
  await wait();
  expect(inForce()).toBe(2);
  await run(lines.at(-1)!, writers);
  expect(inForce()).toBe(3);
});

/** The wait of the genesis is over, and somebody speaks to the gate. */
async function wait(): Promise<void> {
  const { gatePlace } = place.serve;
  gatePlace.now += 3_601;
  await place.as("ida", [
    "request",
    "submit",
    "--operation",
    "redeem",
    "--asset",
    "GLD",
    "--amount",
    "1",
    "--reference",
    `R-${String(gatePlace.now)}`,
    "--yes",
  ]);
  await place.serve.step();
}
