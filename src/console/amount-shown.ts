/** An amount as a person reads it: large, with its unit. */
import { h, type JSX } from "preact";

/** `text` is the canonical one, `1,000 GLD`; an amount and its unit are told apart at the first space. */
export function amountShown(text: string): JSX.Element {
  const [amount = "", ...unit] = text.split(" ");
  return h("p", { class: "quantity" }, amount, " ", h("span", { class: "unit" }, unit.join(" ")));
}
