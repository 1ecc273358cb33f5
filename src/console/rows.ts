/** Terms and what stands beside them. */
import { h, type ComponentChildren, type JSX } from "preact";

export type Row = readonly [term: ComponentChildren, ...what: ComponentChildren[]];

export function rows(entries: readonly (Row | undefined)[]): JSX.Element {
  const given = entries.filter((entry) => entry !== undefined);
  return h("dl", {}, ...given.flatMap(([term, ...what]) => [h("dt", {}, term), h("dd", {}, ...what)]));
}
