/** An address as a person compares it: whole, in groups of four, with its label, and with a warning where another one looks like it. */
import { h, type JSX } from "preact";
import { checksum, type Address } from "../values/address.ts";
import { lookAlikes } from "./look-alike.ts";
import { said } from "./said.ts";

/** Labels of addresses that the reader knows. */
export type Labels = ReadonlyMap<Address, string>;

export function addressShown(address: Address, labels: Labels): JSX.Element {
  const label = labels.get(address);
  const alike = lookAlikes(address, labels.keys());
  return h(
    "span",
    { class: "address" },
    label === undefined ? null : h("strong", {}, said(label), " "),
    h("code", {}, ...fours(checksum(address))),
    ...alike.map((other) =>
      h(
        "span",
        { class: "warning", role: "note" },
        "looks like ",
        said(labels.get(other) ?? "another address"),
        " (",
        h("code", {}, ...fours(checksum(other))),
        ") and is another address",
      ),
    ),
  );
}

/** Hex in groups that the eye can hold; copied, it is one piece. */
export function hexShown(hex: string): JSX.Element {
  return h("code", { class: "hex" }, ...fours(hex));
}

function fours(hex: string): JSX.Element[] {
  const groups = [hex.slice(0, 2), ...(hex.slice(2).match(/.{1,4}/g) ?? [])];
  return groups.map((group) => h("span", {}, group));
}
