/** The name of the engine in every bundle. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { engine } from "../../../src/gate/engine.ts";

test("names the version of the package", () => {
  const { version } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  expect(engine).toBe(`countersign/${version}`);
});
