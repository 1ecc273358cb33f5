/** Feeds compiled: bounds in the feed's own units, and small enough that a figure between them is an amount of the asset. */
import * as amount from "../../values/amount.ts";
import { InvalidValue } from "../../values/errors.ts";
import { parse as parseName, type Name } from "../../values/name.ts";
import type { PolicyDocument } from "../document/document.ts";
import type { Feed } from "../policy.ts";
import { refusal } from "./refusal.ts";
import { positive, seconds } from "./span.ts";

type Written = NonNullable<PolicyDocument["feeds"]>[Name];

/** By the names that guards give them. */
export type Feeds = { readonly feeds: ReadonlyMap<Name, Feed> };

/** Throws `InvalidValue` `policy.feed` or `policy.duration` with the field. */
export function readFeeds({ feeds = {}, token }: PolicyDocument): ReadonlyMap<Name, Feed> {
  return new Map(
    Object.entries<Written>(feeds).map(([key, written]) => [parseName(key), readFeed(parseName(key), written, token)]),
  );
}

function readFeed(id: Name, written: Written, token: PolicyDocument["token"]): Feed {
  const field = `feeds.${id}`;
  const { chain, address, codehash, implementation, aggregator, decimals, description, heartbeat, grace } = written;
  if (chain !== token.chain)
    throw refusal("feed", `${field}.chain`, `a feed is read where the token is, on chain ${String(token.chain)}`);
  const [above, below] = (["min", "max"] as const).map((end) => bound(written[end], decimals, `${field}.${end}`));
  if (above === undefined || below === undefined || below - above < 2n)
    throw refusal("feed", `${field}.max`, "no figure lies between `min` and `max`");
  if (below > greatestFigure || below * 10n ** BigInt(Math.max(0, token.decimals - decimals)) > amount.max)
    throw refusal("feed", `${field}.max`, `\`${written.max}\` is more than any amount of the asset`);
  const maxAgeSeconds = positive(heartbeat, `${field}.heartbeat`) + seconds(grace);
  return { id, address, codehash, implementation, aggregator, decimals, description, maxAgeSeconds, above, below };
}

/** Feeds answer in int256. */
const greatestFigure = 2n ** 255n - 1n;

function bound(text: string, decimals: number, field: string): amount.Amount {
  try {
    return amount.parseUnits(text, decimals);
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    throw refusal("feed", field, error.message);
  }
}

/** The feeds that a guard names, each once. */
export function feedsNamed(written: readonly Name[] | undefined, field: string, { feeds }: Feeds): readonly Feed[] {
  return (written ?? []).map((name, index) => {
    const feed = feeds.get(name);
    if (feed === undefined) throw refusal("feed", `${field}.${index}`, `there is no feed \`${name}\``);
    if (written?.indexOf(name) !== index) throw refusal("duplicate", `${field}.${index}`, `\`${name}\` stands twice`);
    return feed;
  });
}
