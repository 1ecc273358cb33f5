/** The life of an asset in random streams: whatever is asked, mined, undone, counted, released, told late or held back, there is never more of it than the vault backs. */
import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import type { Entry } from "../../../src/log/entry.ts";
import { attestors, deploymentOf, hour, issues, ratio, sum, velocity, World, type Deed } from "./world.ts";

/** How many streams for each number of decimals; `LIVES=1000` looks longer. */
const lives = Number(process.env["LIVES"] ?? 3);

const late = fc.integer({ min: 0, max: 3 }).map((one) => one === 0);
const nth = fc.nat(5);
const people = ["carla", "chris", "cyril", "cora", "otto", "ida"] as const;
const custodians: readonly string[] = ["carla", "chris", "cyril"];
const just = <K extends string>(kind: K): fc.Arbitrary<K> => fc.constant(kind);

const event = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      kind: just("ask"),
      what: fc.constantFrom(...(["mint", "mint", "distribute", "redeem", "burn"] as const)),
      halves: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 6, max: 24 })),
      by: fc.constantFrom("ida" as const, "ivan" as const),
      /** Whether the gate is shown the chain as it is before it signs. */
      fresh: fc.integer({ min: 0, max: 2 }).map((one) => one > 0),
      voters: fc.oneof(fc.constant(["carla", "chris"] as const), fc.subarray([...people])),
    }),
  },
  { weight: 6, arbitrary: fc.record({ kind: just("sign"), nth }) },
  { weight: 8, arbitrary: fc.record({ kind: just("mine"), ok: fc.integer({ min: 0, max: 4 }).map((one) => one > 0) }) },
  { weight: 1, arbitrary: fc.record({ kind: just("fork") }) },
  { weight: 5, arbitrary: fc.record({ kind: just("look"), both: fc.boolean(), late }) },
  { weight: 5, arbitrary: fc.record({ kind: just("settle"), late }) },
  { weight: 2, arbitrary: fc.record({ kind: just("glimpse"), late }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: just("count"), by: fc.constantFrom(...attestors), late, lies: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ kind: just("deposit"), units: fc.integer({ min: 1, max: 12 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: just("release"), nth }) },
  { weight: 3, arbitrary: fc.record({ kind: just("carry"), nth, late }) },
  { weight: 1, arbitrary: fc.record({ kind: just("back"), nth }) },
  { weight: 4, arbitrary: fc.record({ kind: just("post"), nth }) },
  { weight: 4, arbitrary: fc.record({ kind: just("wait"), seconds: fc.constantFrom(1, 60, 240, hour, 4 * hour) }) },
  { weight: 1, arbitrary: fc.record({ kind: just("restart") }) },
  { weight: 6, arbitrary: fc.record({ kind: just("through"), nth, late }) },
);
type Event = typeof event extends fc.Arbitrary<infer E> ? E : never;

const asking = (what: Deed["kind"], halves: number, fresh = true): Event =>
  ({ kind: "ask", what, halves, by: "ida", fresh, voters: ["carla", "chris"] }) as const;
const counted = attestors.map((by): Event => ({ kind: "count", by, late: false, lies: by === "kyc-desk" }));
const through: Event = { kind: "through", nth: 0, late: false };
/** Everything once: what fits and what does not, by reserves, by sum and by count; out again, and the last of it delivered. */
const whole: readonly Event[] = [
  ...[asking("mint", 10), through, asking("mint", 10), through, asking("redeem", 10), through, ...counted],
  ...[asking("burn", 4), asking("mint", 24), through, { kind: "deposit", units: 50 } as const, ...counted],
  ...[asking("mint", 24), asking("mint", 1), { kind: "wait", seconds: hour } as const, ...counted, asking("mint", 44)],
];

/** Tokens are burned, and others asked for in their place before the burn is final and can no more be undone. */
const undone: readonly Event[] = [
  ...[asking("mint", 20), through, asking("burn", 18), { kind: "mine", ok: true } as const],
  ...[asking("mint", 18), { kind: "fork" } as const],
];

/** What was minted is final, and the supply was last seen before it. */
const unseen: readonly Event[] = [asking("mint", 16), through, asking("mint", 16, false)];
/** A yield takes as much room as a mint, and a mint as much as a yield: while it is open, and after it was mined unseen. */
const yielded: readonly Event[] = [
  ...[asking("distribute", 16), asking("mint", 16), through, asking("mint", 16, false), asking("burn", 16), through],
  ...[{ kind: "wait", seconds: hour } as const, ...counted, asking("mint", 16), asking("distribute", 16), through],
  ...[asking("distribute", 16, false), asking("distribute", 4)],
];
/** A burn that is mined, told of, asked to be released, and undone. */
const early: readonly Event[] = [
  ...[asking("mint", 20), through, asking("redeem", 10), { kind: "mine", ok: true } as const],
  ...[{ kind: "glimpse", late: false } as const, { kind: "release", nth: 0 } as const, { kind: "fork" } as const],
];
/** What was delivered was counted before it left, and is asked for once more. */
const delivered: readonly Event[] = [asking("mint", 20), through, asking("redeem", 20), through, asking("mint", 18)];
/** A count that comes after a later one of the same attestor, between two mints. */
const overtaken: readonly Event[] = [
  { kind: "count", by: "vault-auditor", late: true, lies: false },
  { kind: "wait", seconds: 60 },
  ...counted,
  asking("mint", 4),
  { kind: "post", nth: 0 },
  asking("mint", 4),
];
/** One custodian, twice over with who asked. */
const alone: readonly Event[] = [
  { kind: "ask", what: "mint", halves: 2, by: "ida", fresh: true, voters: ["carla", "ida"] },
];
const stories = [whole, undone, unseen, early, delivered, overtaken, alone, yielded];

const met: Record<string, number> = {};
const meet = (word: string): void => {
  met[word] = (met[word] ?? 0) + 1;
};

async function play(world: World, one: Event): Promise<void> {
  switch (one.kind) {
    case "ask":
      return ask(world, one);
    case "sign":
      return sign(world, world.deeds.at(-1 - one.nth));
    case "mine":
      world.mine(one.ok);
      return;
    case "fork":
      world.fork();
      return;
    case "look":
      return world.look(one.both ? ["obs-1", "obs-2"] : ["obs-1"], one.late);
    case "settle":
      return world.settle(one.late);
    case "glimpse":
      return world.glimpse(one.late);
    case "count":
      return world.count(one.by, one.late, one.lies && one.by === "kyc-desk");
    case "deposit":
      world.vault += world.unit * BigInt(one.units);
      return;
    case "post": {
      const [letter] = world.mail.splice(one.nth, 1);
      if (letter !== undefined) await world.admit(letter);
      return;
    }
    case "wait":
      world.place.now += one.seconds;
      return;
    case "restart":
      return world.place.reopen();
    case "through":
      world.mine(true);
      await world.settle(false);
      await second(world, { ...one, kind: "release" });
      return second(world, { ...one, kind: "carry" });
    default:
      return second(world, one);
  }
}

/** Of a redemption whose turn it is. */
async function second(world: World, one: Extract<Event, { kind: "release" | "carry" | "back" }>): Promise<void> {
  const redeemed = world.deeds.filter(({ kind, txHash }) => kind === "redeem" && txHash !== undefined);
  const deed = redeemed.at(-1 - (one.nth % 2));
  if (deed === undefined) return;
  if (one.kind === "release") return world.release(deed);
  if (one.kind === "carry") return world.carry(deed, one.late);
  const burned = deed.told === true && deed.mined?.ok === true;
  await world.takeBack(deed);
  if (!burned) delete deed.back;
}

/** Asks, and signs, on the chain as it is or as it was. */
async function ask(world: World, asked: Extract<Event, { kind: "ask" }>): Promise<void> {
  const { what, halves, by, voters, fresh } = asked;
  world.place.now += 1;
  await world.ask(what, (world.unit * BigInt(halves)) / 2n + 1n, { by, voters });
  if (fresh) await world.look(["obs-1", "obs-2"], false);
  await sign(world, world.deeds.at(-1));
}

async function sign(world: World, deed: Deed | undefined): Promise<void> {
  if (deed === undefined) return;
  const code = await world.sign(deed);
  meet(`${deed.kind} ${code}`);
}

const isGone = ({ mined, final }: Deed): boolean => final === true && mined?.ok === false;
const isBurned = ({ kind, mined, final }: Deed): boolean => !issues(kind) && final === true && mined?.ok === true;

/** I1 and I2: what is out, what may still come out, and what is owed, within what the vault may back; a burn counts once it is final. */
function checkBacking({ deeds, vault }: World): void {
  const minted = deeds.filter((one) => issues(one.kind) && one.txHash !== undefined && !isGone(one));
  const burned = deeds.filter(isBurned);
  const owed = burned.filter(
    ({ kind, back, carriedAt }) => kind === "redeem" && back !== true && carriedAt === undefined,
  );
  const all = (some: readonly Deed[]): bigint => sum(some.map(({ amount }) => amount));
  const exposed = all(minted) - all(burned) + all(owed);
  expect(exposed * 100n <= vault * ratio, `${String(exposed)} out of ${String(vault)}`).toBe(true);
}

/** I2: each burn that is final once, and nothing beside it. */
function checkReleases({ deeds }: World, entries: readonly Entry[]): void {
  const released = entries.flatMap((entry) => (entry.kind === "release" ? [entry] : []));
  expect(new Set(released.map(({ burn }) => burn)).size).toBe(released.length);
  for (const { burn, amount } of released)
    expect(deeds.find(({ txHash }) => txHash === burn)).toMatchObject({ amount, final: true, mined: { ok: true } });
  for (const { instruction } of deeds) if (instruction !== undefined) meet("released");
  for (const { carriedAt } of deeds) if (carriedAt !== undefined) meet("carried");
}

/** I6: in every window that ends with a mint, whatever else came back meanwhile. */
function checkVelocity({ deeds, unit }: World): void {
  const minted = deeds.filter((one) => issues(one.kind) && one.signedAt !== undefined && !isGone(one));
  for (const { signedAt: end = 0, by } of minted) {
    const within = (seconds: number): readonly Deed[] =>
      minted.filter(({ signedAt = 0 }) => signedAt > end - seconds && signedAt <= end);
    expect(sum(within(velocity.seconds).map(({ amount }) => amount)) <= velocity.units * unit).toBe(true);
    const own = within(velocity.mintSeconds).filter((one) => one.by === by);
    expect(own.length <= velocity.mints).toBe(true);
  }
}

/** I7: no decision rests on an older word, block or moment than the one before it. I8: and each on two other people's. */
function checkSteps({ deeds }: World, entries: readonly Entry[]): void {
  const steps = new Map<string, number>();
  const rises = (what: string, value: number): void => {
    expect(value, what).toBeGreaterThanOrEqual(steps.get(what) ?? 0);
    steps.set(what, value);
  };
  for (const entry of entries) {
    rises("leaf", entry.instant);
    if (entry.kind !== "allocation") continue;
    const { facts, requestId } = entry;
    rises("now", facts.now);
    for (const { attestor, sequence, asOf } of facts.reserves) {
      rises(`sequence of ${attestor}`, sequence);
      rises(`count of ${attestor}`, asOf);
    }
    for (const [key, { blockNumber }] of Object.entries(facts.observed)) rises(`block of ${key}`, blockNumber);
    const deed = deeds.find(({ said }) => said.message["requestId"] === requestId);
    const seated = new Set(facts.votes.map(({ person }) => String(person)).filter((one) => custodians.includes(one)));
    expect(seated.size).toBeGreaterThanOrEqual(deed !== undefined && issues(deed.kind) ? 2 : 1);
    expect(facts.votes.map(({ person }) => String(person))).not.toContain(deed?.by);
  }
}

it.each([0, 6, 8, 18])(
  "is backed at every moment, moves no faster than it may and never back, with %i decimals",
  async (decimals) => {
    const deployment = deploymentOf(decimals);
    // Once: they say nothing of decimals.
    const told = decimals === 6 ? stories.map((story): [Event[]] => [[...story]]) : [];
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 20, maxLength: 60 }), async (events) => {
        const world = new World(deployment, decimals);
        try {
          world.vault = world.unit * 15n;
          for (const by of attestors) await world.count(by, false, by === "kyc-desk");
          for (const one of events) {
            await play(world, one);
            checkBacking(world);
          }
          checkVelocity(world);
          const entries = world.entries();
          checkReleases(world, entries);
          checkSteps(world, entries);
        } finally {
          await world.rest();
        }
      }),
      { numRuns: lives + told.length, examples: told },
    );
  },
  600_000,
);

/** Otherwise nothing would have been looked at. */
afterAll(() => {
  if (process.env["LIVES"] !== undefined) process.stdout.write(`${JSON.stringify(met)}\n`);
  const words = ["mint signed", "redeem signed", "burn signed", "mint policy.reserves-short", "released", "carried"];
  const yields = ["distribute signed", "distribute policy.reserves-short"];
  for (const word of [...words, ...yields, "mint policy.limit-exceeded"])
    expect(met[word] ?? 0, word).toBeGreaterThan(0);
  // One after another.
  expect(met["distribute signed"]).toBeGreaterThan(1);
});
