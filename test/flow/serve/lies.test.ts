/** Lies of endpoints: what they can not do, and what people read of them; every lie and every seat is tried by the evidence. */
import { afterAll, beforeAll, describe, it } from "vitest";
import { openEndpointPlace, type EndpointPlace } from "./endpoint-place.ts";
import { lieOfAll, lieOfOne } from "./lie-trial.ts";

/** The most telling ones; the evidence tells all of them. */
const many = [
  "is on a fork",
  "calls done what is in no block",
  "takes it and drops it",
  "calls every nonce too low",
  "suggests a tip of a hundred thousand times",
  "answers with a flood",
];
const few = [
  "calls done what is in no block",
  "calls what succeeded reverted",
  "runs ahead of the chain",
  "asks a hundred thousand times the fee",
  "calls every nonce too low",
];

describe("one of three", () => {
  let place: EndpointPlace;
  beforeAll(async () => {
    place = await openEndpointPlace({ endpoints: 3, timeoutMs: 600 });
  });
  afterAll(async () => {
    await place.close();
  });

  it.each(many)("that %s changes nothing", async (name) => {
    await lieOfOne(place, name, name.replaceAll(" ", "-"));
  });
});

describe("the only endpoint of serve, and an observer that is needed,", () => {
  let place: EndpointPlace;
  beforeAll(async () => {
    place = await openEndpointPlace({ endpoints: 1, timeoutMs: 600 });
  });
  afterAll(async () => {
    await place.close();
  });

  it.each(few)("that %s makes nothing final that is not, and holds nothing up for ever", async (name) => {
    await lieOfAll(place, name, name.replaceAll(" ", "-"));
  });
});
