/** Addresses that a hurried eye takes for one another are told apart. */
import { expect, it } from "vitest";
import { lookAlikes } from "../../../src/console/look-alike.ts";
import { parse } from "../../../src/values/address.ts";

const bank = parse(`0x12ab${"0".repeat(32)}cd34`);

it.each([
  ["four digits at each end", `0x12ab${"7".repeat(32)}cd34`],
  ["two at the head and four at the tail", `0x12${"7".repeat(34)}cd34`],
  ["one digit changed in the middle", `0x12ab${"0".repeat(15)}1${"0".repeat(16)}cd34`],
])("flags another address with %s", (_, text) => {
  expect(lookAlikes(parse(text), [bank])).toEqual([bank]);
});

it.each([
  ["itself", bank],
  ["one with the same head alone", `0x12ab${"7".repeat(36)}`],
  ["one with five digits in all", `0x12a${"7".repeat(35)}34`],
  ["one with the same middle alone", `0x77ab${"0".repeat(32)}cd77`],
])("does not flag %s", (_, text) => {
  expect(lookAlikes(parse(text), [bank])).toEqual([]);
});
