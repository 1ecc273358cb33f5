/** Every lie of an endpoint at every seat, and reorganisations of every depth: a mint is final once, and only when it is. */
import { lies } from "../place/lies.ts";
import { openEndpointPlace, type EndpointOptions, type EndpointPlace } from "../flow/serve/endpoint-place.ts";
import { lieOfAll, lieOfOne } from "../flow/serve/lie-trial.ts";
import { finality, undone } from "../flow/serve/reorg-trial.ts";
import { flows, type Counts, type Item, type Round } from "./item.ts";

async function inPlace<T>(options: EndpointOptions, work: (place: EndpointPlace) => Promise<T>): Promise<T> {
  const place = await openEndpointPlace(options);
  try {
    return await work(place);
  } finally {
    await place.close();
  }
}

async function lieEverywhere({ scale, say }: Round): Promise<Counts> {
  const names = Object.keys(lies).filter((_, index) => scale === "stated" || index % 8 === 0);
  for (const [endpoints, tell] of [[3, lieOfOne] as const, [1, lieOfAll] as const]) {
    await inPlace({ endpoints, timeoutMs: 1_000 }, async (place) => {
      for (const name of names) {
        await tell(place, name, `${String(endpoints)}/${name.replaceAll(" ", "-")}`);
        say(`an endpoint of ${String(endpoints)} ${name}`);
      }
    });
  }
  return { lies: names.length, mints: names.length * 2 };
}

export const lieItem: Item = {
  name: "lies",
  shows:
    "an endpoint that lies in each of the named ways, as one of three and as the only one of serve beside a needed observer: nothing is final that is not on the chain, nothing is counted on fewer than two observers, no fee is above the ceiling, and the mint goes on",
  rounds: { small: 1, stated: 1 },
  reads: flows,
  run: lieEverywhere,
};

async function undoEverywhere({ scale, say }: Round): Promise<Counts> {
  const depths = Array.from({ length: 64 }, (_, i) => i + 1).filter((depth) => scale === "stated" || depth % 21 === 1);
  for (const depth of depths) {
    await inPlace({ endpoints: 1, finality }, async (place) => {
      for (const elsewhere of [true, false]) await undone(place, depth, elsewhere);
    });
    say(`undone ${String(depth)} deep`);
  }
  return { depths: depths.length, mints: depths.length * 2 };
}

export const reorgItem: Item = {
  name: "reorgs",
  shows:
    "a mint whose block is undone, 1 to 64 deep, re-included elsewhere or not, goes out again as the same bytes, is final in its last block only, and is on the chain once",
  rounds: { small: 1, stated: 1 },
  reads: flows,
  run: undoEverywhere,
};
