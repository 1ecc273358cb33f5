/** What people outside hear: with the event or not at all, once for each receiver, and nobody waits for anybody. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { tokenEventText } from "../../../src/evidence/token-event.ts";
import { createMirror } from "../../../src/flow/serve/mirror.ts";
import { addressed, noticingStore } from "../../../src/flow/serve/noticing.ts";
import {
  giveUpSeconds,
  sendDue,
  startNotifier,
  sweep,
  sweepAssets,
  type NotifierParts,
} from "../../../src/flow/serve/notifier.ts";
import type { Delivered, Receiver } from "../../../src/flow/serve/receiver.port.ts";
import { topics, type Notice } from "../../../src/request/notice.ts";
import { parse as instant, plus } from "../../../src/values/instant.ts";
import { parse as parseName } from "../../../src/values/name.ts";
import { approval, goldToken, idOf, observation, submission } from "../../place/gold.ts";
import { sign } from "../../place/people.ts";
import { openServe, type ServePlace } from "./place.ts";

let place: ServePlace;
let hook: Heard;
let mail: Heard;

type Heard = Receiver & { readonly heard: Notice[]; answer: () => Promise<Delivered> };

function listener(name: string): Heard {
  const heard: Notice[] = [];
  const one: Heard = {
    name,
    topics: new Set(topics),
    heard,
    answer: () => Promise.resolve({ kind: "delivered" }),
    deliver: (notice) => {
      heard.push(notice);
      return one.answer();
    },
  };
  return one;
}

const parts = (change: Partial<NotifierParts> = {}): NotifierParts => ({
  store: place.store,
  clock: place.parts.clock,
  receivers: [hook, mail],
  escalateSeconds: 600,
  readiness: () => Promise.resolve({ ready: true, why: "ready" }),
  assets: place.desk.assets,
  pollMs: 10,
  ...change,
});

const send = async (): Promise<void> => {
  for (const receiver of [hook, mail]) await sendDue(parts(), receiver, () => false);
};

/** As serve is wired: what happens is noticed wherever it is stored. */
function notice(): void {
  const store = noticingStore(place.store, [hook, mail], place.parts.clock);
  Object.assign(place.parts, { store });
}

beforeEach(async () => {
  place = await openServe();
  hook = listener("hook");
  mail = listener("mail");
  notice();
});
afterEach(async () => {
  await place.close();
});

async function pending() {
  const { deployment, now } = place.gatePlace;
  const said = submission(deployment, { now });
  await place.desk.post(said, undefined);
  await place.step();
  return said;
}

describe("an asset", () => {
  it("is told of before its evidence runs out, once, and once a day while there is not enough", async () => {
    await place.parts.mirror.pull();
    const { gatePlace } = place;
    const heard = async (): Promise<readonly string[]> => {
      for (let round = 0; round < 3; round += 1) await sweepAssets(parts());
      await send();
      return hook.heard.map(({ topic, text }) => `${topic}: ${text}`);
    };
    const supply = { subject: `token:${gatePlace.deployment.policy.token.address}`, fact: "supply", value: "0" };
    const sight = observation(gatePlace.deployment, "obs-1", supply, { blockNumber: 50, blockTime: gatePlace.now });
    await place.desk.post(sight, undefined);
    expect(await heard()).toEqual([]);
    gatePlace.now += 36_000 - 17_280;
    const [first, ...more] = await heard();
    expect(more).toEqual([]);
    expect(first).toMatch(
      /^evidence-due: what 1 of attestors for guard\.reserves-cover of GLD attested is enough until 2/,
    );
    gatePlace.now += 17_280 + 60;
    expect((await heard()).slice(1)).toEqual([
      "evidence-due: nothing is minted before 1 of attestors for guard.reserves-cover of GLD attest",
    ]);
    gatePlace.now += 86_400;
    expect(await heard()).toHaveLength(3);
  });
});

describe("a request that waits for people", () => {
  it("is told with the very event, to every receiver once, and again when fewer are missing", async () => {
    const said = await pending();
    await send();
    await send();
    expect(hook.heard.map(({ topic, text }) => [topic, text.includes("2 more of custodians")])).toEqual([
      ["approval-wanted", true],
    ]);
    expect(mail.heard).toEqual(hook.heard);
    await place.desk.post(approval(place.gatePlace.deployment, said, "carla"), undefined);
    await place.step();
    await send();
    expect(hook.heard.map(({ text }) => /[0-9] more of custodians/.exec(text)?.[0])).toEqual([
      "2 more of custodians",
      "1 more of custodians",
    ]);
    expect(new Set(hook.heard.map(({ key }) => key)).size).toBe(2);
  });

  it("is not told when the event was not stored", async () => {
    const stale = place.store;
    Object.assign(place.parts, {
      store: noticingStore({ ...stale, commit: () => Promise.resolve("stale") }, [hook], place.parts.clock),
    });
    await pending();
    await send();
    expect(hook.heard).toEqual([]);
  });

  it("is told before it expires, once, while somebody can still sign", async () => {
    const said = await pending();
    await send();
    place.gatePlace.now = Number(said.message["expiresAt"]) - 601;
    await sweep(parts());
    await send();
    expect(hook.heard.map(({ topic }) => topic)).toEqual(["approval-wanted"]);
    place.gatePlace.now += 1;
    for (let round = 0; round < 3; round += 1) await sweep(parts());
    await send();
    expect(hook.heard.map(({ topic }) => topic)).toEqual(["approval-wanted", "expires-soon"]);
  });
});

it("a freeze is told when the log has it, and a store that is filled again from the log is quiet about what is old", async () => {
  const { deployment, now } = place.gatePlace;
  const message = {
    scope: "deployment",
    target: "deployment",
    reason: "7,000,000 GLD are wrong",
    freezeId: idOf("stop"),
  };
  const posted = await place.desk.post(sign("cora", deployment.deploymentId, "Freeze", message), undefined);
  expect(posted).toMatchObject({ kind: "receipt" });
  const storing = noticingStore(place.store, [hook], place.parts.clock);
  const [statement] = await place.store.statements("Freeze");
  const page = {
    from: await place.store.mirrored(),
    leaves: [],
    nodes: [],
    statements: [statement!],
    documents: [],
    outcomes: [],
  };
  place.gatePlace.now = now + 3_600 + 60;
  await storing.commit({ transitions: [], page });
  await send();
  expect(hook.heard).toEqual([]);
  place.gatePlace.now = now + 5;
  await storing.commit({ transitions: [], page });
  await send();
  expect(hook.heard).toMatchObject([{ topic: "frozen", text: "everything is frozen by cora", people: [] }]);
  expect(JSON.stringify(hook.heard)).not.toContain("7,000,000");
});

it("a stranger's transaction is told as a freeze and as an alarm with the pause that is prepared, shown by /readyz and the asset, and counted", async () => {
  const { deployment, now } = place.gatePlace;
  const value = tokenEventText({ block: 19, time: instant(now + 5), what: ["a mint"] });
  const fact = { subject: `event:${goldToken}:${idOf("a stranger's")}`, fact: "event", value };
  place.gatePlace.now = now + 20;
  for (const by of ["obs-1", "obs-2"] as const) {
    const seen = { blockNumber: 20, blockTime: now + 10, overrides: { finalized: true } };
    await place.desk.post(observation(deployment, by, fact, seen), undefined);
  }
  const storing = noticingStore(place.store, [hook], place.parts.clock);
  await createMirror({ ...place.parts, store: storing }).pull();
  await send();
  const freezeId = place.gatePlace.journal.freezes()[0]?.freezeId ?? "";
  const command = `countersign request submit --operation pause --asset GLD --reference STOP-${idOf("a stranger's").slice(2, 14)} --request-id ${freezeId}`;
  expect(hook.heard.map(({ topic, key }) => ({ topic, key }))).toEqual([
    { topic: "frozen", key: `frozen ${freezeId}` },
    { topic: "alarm", key: `alarm ${freezeId}` },
  ]);
  expect(hook.heard[1]?.text).toContain(
    `and this gate signed no such transaction: look at it; to pause the token, \`${command}\``,
  );
  const { details } = await place.desk.health();
  expect(details).toMatchObject({ unmatched: [{ asset: "GLD", operation: "pause", requestId: freezeId, command }] });
  const shown = await place.desk.asset(parseName("GLD"));
  expect(shown).toMatchObject({ value: { proposal: { operation: "pause" } } });
  const figures = await place.desk.figures();
  expect(figures.filter((one) => one.name === "countersign_unmatched_transactions")).toEqual([
    { name: "countersign_unmatched_transactions", labels: { asset: "GLD" }, value: 1 },
  ]);
});

describe("a receiver", () => {
  const tell = async (key: string): Promise<void> => {
    const at = place.parts.clock.now();
    const news: Notice = { key, topic: "alarm", at, text: key, people: [], requestId: null };
    await place.store.commit({ transitions: [], notices: [addressed(news, [hook, mail])] });
  };

  it("that fails is tried again later and ever later with the same key, and is given up after a day", async () => {
    hook.answer = () => Promise.resolve({ kind: "failed", why: "it answers 500" });
    await tell("one");
    const begun = place.gatePlace.now;
    const tried: number[] = [];
    for (; place.gatePlace.now <= begun + giveUpSeconds + 4_000; place.gatePlace.now += 5) {
      const before = hook.heard.length;
      await sendDue(parts(), hook, () => false);
      if (hook.heard.length > before) tried.push(place.gatePlace.now - begun);
    }
    expect(tried.slice(0, 4)).toEqual([0, 5, 15, 45]);
    expect(tried.at(-1)).toBeGreaterThan(giveUpSeconds);
    expect(new Set(hook.heard.map(({ key }) => key))).toEqual(new Set(["one"]));
    expect(await place.store.noticeTallies()).toMatchObject([
      { receiver: "hook", pending: 0, givenUp: 1 },
      { receiver: "mail", pending: 1 },
    ]);
  });

  it("that answers never delays neither the other one nor a signing", async () => {
    let release: () => void = () => undefined;
    hook.answer = () =>
      new Promise((resolve) => {
        release = () => {
          resolve({ kind: "failed", why: "it took too long" });
        };
      });
    await tell("one");
    await tell("two");
    const notifier = startNotifier(parts());
    const said = await pending();
    for (const person of ["carla", "chris"] as const)
      await place.desk.post(approval(place.gatePlace.deployment, said, person), undefined);
    await place.settle();
    expect(await place.request(said)).toMatchObject({ state: "final" });
    for (let round = 0; round < 200 && mail.heard.length < 3; round += 1)
      await new Promise((done) => setTimeout(done, 10));
    expect(mail.heard.map(({ key }) => key).slice(0, 2)).toEqual(["one", "two"]);
    expect(hook.heard).toHaveLength(1);
    const stopping = notifier.stop();
    release();
    await stopping;
  });

  it("hears only of the topics that it asked for", async () => {
    const few: Receiver = { ...hook, topics: new Set(["frozen"]) };
    expect(
      addressed({ key: "k", topic: "alarm", at: instant(1), text: "", people: [], requestId: null }, [few, mail])
        .receivers,
    ).toEqual(["mail"]);
  });

  it("that crashed after it took a notice hears of it again under the same key", async () => {
    await tell("one");
    const { store, clock } = place.parts;
    await store.claimNotice("hook", clock.now(), plus(clock.now(), 60));
    await send();
    expect(hook.heard).toEqual([]);
    place.gatePlace.now += 61;
    await send();
    expect(hook.heard.map(({ key }) => key)).toEqual(["one"]);
  });
});

it("that nothing can be signed is told once an hour", async () => {
  const readiness = () => Promise.resolve({ ready: false, why: "the token is away: 7,000 GLD" });
  for (let round = 0; round < 5; round += 1) await sweep(parts({ readiness }));
  await send();
  expect(hook.heard.map(({ topic }) => topic)).toEqual(["not-ready"]);
  expect(JSON.stringify(hook.heard)).not.toContain("7,000");
  place.gatePlace.now += 3_600;
  await sweep(parts({ readiness }));
  await send();
  expect(hook.heard).toHaveLength(2);
});
