/** Which requests are offered together: of one kind, of one distribution, and such as wait for the reader. */
import { describe, expect, it } from "vitest";
import { kinOf, readAll, readParts } from "../../../src/console/batch-choice.ts";
import { maxPage, type RequestView } from "../../../src/request/api.ts";
import type { Client, RequestFilter } from "../../../src/sdk/client.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import { maxLegs } from "../../../src/statement/message.ts";
import { view } from "../../http/fake-desk.ts";
import { legsOf } from "../../place/batch.ts";
import { goldDeployment } from "../../place/gold.ts";
import { partOf, yieldOf, yieldPolicy } from "../../place/yield.ts";

const deployment = goldDeployment({ policy: yieldPolicy() });
const now = 1_800_000_000;
const reader = { member: "carla", groups: ["custodians"] };
const [first, second] = [yieldOf(), yieldOf(3, { recordBlock: 6 })];

function viewed({ message }: Envelope, fields: Partial<RequestView> = {}): RequestView {
  const requestId = message["requestId"] as RequestView["requestId"];
  const waiting = { state: "pending", waitsFor: "waits for 1 more of custodians" };
  return {
    ...view,
    votes: [],
    events: [],
    redemption: null,
    signed: [],
    ...waiting,
    requestId,
    submission: message,
    ...fields,
  };
}

const part = (of: typeof first, index: number, fields: Partial<RequestView> = {}): RequestView =>
  viewed(partOf(deployment, { now, of, index }), fields);

/** Answers page by page, as long as it is asked. */
function listing(views: readonly RequestView[], asked: RequestFilter[] = []): Client {
  const requests = (filter: RequestFilter = {}): ReturnType<Client["requests"]> => {
    asked.push(filter);
    const from = views.findIndex(({ requestId }) => requestId === filter.after) + 1;
    const page = views.slice(from, from + (filter.limit ?? 0));
    return Promise.resolve({ requests: page, next: from + page.length < views.length ? page.at(-1)!.requestId : null });
  };
  return { requests } as Client;
}

describe("requests that wait for the reader", () => {
  it("stand together by operation, asset and chain, parts by their distribution, most first", () => {
    const mints = legsOf(deployment, now, [1, 2, 3]).map((leg) => viewed(leg));
    const views = [part(second, 0), part(first, 0), part(first, 1), ...mints];
    expect(kinOf(views, reader).map(({ name, distribution, views: own }) => [name, distribution, own.length])).toEqual([
      ["mint GLD on chain 31337", undefined, 3],
      [`distribute GLD on chain 31337, of ${first.hash}`, first.hash, 2],
      [`distribute GLD on chain 31337, of ${second.hash}`, second.hash, 1],
    ]);
  });

  it("are no others: not those of somebody else's turn, not those that are over, not what is not understood", () => {
    const odd = { ...part(first, 0), submission: { operation: "distribute" } };
    const views = [
      part(first, 0, { waitsFor: "waits for 1 more of compliance" }),
      part(first, 1, { state: "final" }),
      odd,
    ];
    expect(kinOf(views, reader)).toEqual([]);
  });
});

describe("all parts of a distribution", () => {
  it("are those that are open, whomever they wait for, page by page", async () => {
    const views = [part(first, 0), part(first, 1, { waitsFor: "" }), part(first, 2, { state: "final" })];
    const asked: RequestFilter[] = [];
    const client = listing(views, asked);
    expect(await readParts(client, first.hash)).toEqual(views.slice(0, 2));
    expect(asked).toEqual([{ distribution: first.hash, limit: maxPage }]);
  });

  it("are none of another distribution, and no mint", async () => {
    for (const strange of [part(second, 0), viewed(legsOf(deployment, now, [1])[0]!)])
      await expect(readParts(listing([part(first, 0), strange]), first.hash)).rejects.toMatchObject({
        code: "client.untrue",
      });
  });
});

it("a list without an end is read no further than two batches", async () => {
  const endless = { ...part(first, 0) };
  let pages = 0;
  const requests = (): ReturnType<Client["requests"]> => {
    pages += 1;
    return Promise.resolve({ requests: Array.from({ length: maxPage }, () => endless), next: endless.requestId });
  };
  await readAll({ requests } as unknown as Client, {});
  expect(pages).toBe((2 * maxLegs) / maxPage);
});
