/** The table of figures keeps Prometheus' conventions. */
import { expect, test } from "vitest";
import { figures, reading } from "../../../src/request/figure.ts";

const all = Object.entries(figures);

test("a name begins with the product, is in base units, and only a counter ends in total", () => {
  for (const [name, { kind }] of all) {
    expect(name).toMatch(/^countersign_[a-z]+(_[a-z]+)*$/);
    expect(name).not.toMatch(/_(ms|millis|minutes|percent|count|sum|bucket)$/);
    expect([name, name.endsWith("_total")]).toEqual([name, kind === "counter"]);
  }
});

test("a help is one sentence without an end, and labels tell no amount, no recipient and no request", () => {
  for (const [name, { help, labels }] of all) {
    expect([name, help]).toEqual([name, help.trim()]);
    expect(help).not.toMatch(/[.\n]$/);
    for (const label of labels)
      expect(label).toMatch(
        /^(version|scope|state|event|group|chain|account|clause|of|asset|observer|witness|token|receiver)$/,
      );
  }
});

test("a reading without labels has none", () => {
  expect(reading("countersign_gate_up", 1)).toEqual({ name: "countersign_gate_up", labels: {}, value: 1 });
});
