/** A whole deployment in one process: the real gates, service and witness over a chain, people and observers that the seed decides about. */
import { rmSync } from "node:fs";
import type { Envelope } from "../../src/statement/envelope.ts";
import { fakeChain, type FakeChain } from "../flow/serve/fake-chain.ts";
import { start } from "../place/gate.ts";
import { attestation } from "../place/gold.ts";
import { unlessAway } from "./death.ts";
import { Gates, type GateParts } from "./gates.ts";
import { Schedule } from "./schedule.ts";
import { Service } from "./replicas.ts";
import { Sight } from "./sight.ts";
import { deployment, logKey, scratch, templates } from "./templates.ts";
import { Token } from "./token.ts";
import { Verdicts } from "./verdicts.ts";
import { Witnessing } from "./witnessing.ts";

export type Chance = (bound: number) => number;
/** What is watched of the gates. */
export type Heard = Pick<GateParts, "asking" | "released">;

export class World {
  readonly schedule = new Schedule();
  readonly chain: FakeChain = fakeChain(deployment.key.account);
  readonly token = new Token();
  /** The true time, in seconds. */
  now: number = start;
  readonly gates: Gates;
  readonly witness: Witnessing;
  readonly sight: Sight;
  service!: Service;
  readonly #folder = scratch();
  #attested = 0;

  private constructor(chance: Chance, template: string, heard: Heard) {
    const verdicts = new Verdicts();
    const { deploymentId } = deployment;
    const common = { logKey, checks: verdicts.checks, schedule: this.schedule, chance, now: () => this.now };
    this.sight = new Sight(this.chain, verdicts);
    this.witness = new Witnessing({ ...common, deploymentId });
    const parts = { ...common, folder: this.#folder, deployment, token: this.token, ...heard };
    this.gates = new Gates({ ...parts, witnessed: () => this.witness.head() }, template);
  }

  static async open(replicas: number, chance: Chance, heard: Heard): Promise<World> {
    const made = await templates();
    const world = new World(chance, made.journal, heard);
    world.gates.start();
    const parts = {
      folder: world.#folder,
      template: made.store,
      chain: world.chain,
      witness: world.witness.endpoint,
      checks: new Verdicts().checks,
      schedule: world.schedule,
      now: () => world.now,
      gate: (replica: number) => world.gates.port(replica),
      isDivided: () => world.gates.isDivided(),
    };
    world.service = await Service.open(parts, replicas);
    return world;
  }

  async close(): Promise<void> {
    this.gates.kill();
    await this.service.store.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** What the observers say of the newest block, as far as the gates hear it. */
  observe(all = false): void {
    const { said, agreed } = this.sight.look(this.now, all);
    this.gates.running.forEach((gate, index) => {
      this.tell(said, index, () => {
        if (agreed !== undefined) gate.told = Math.max(gate.told, agreed);
      });
    });
  }

  /** What is final of the transactions that the service waits for. */
  observeOutcomes(): void {
    this.schedule.begin(async () => {
      await unlessAway(async () => {
        const wanted = await this.service.store.unsettled(400);
        const said = wanted.flatMap(({ txHash }) => this.sight.outcome(txHash, this.now));
        this.gates.running.forEach((_, index) => {
          this.tell(said, index);
        });
      });
    });
  }

  attest(): void {
    this.#attested += 1;
    const said = [attestation(deployment, this.now, { sequence: this.#attested })];
    this.gates.running.forEach((_, index) => {
      this.tell(said, index);
    });
  }

  /** Straight to a gate; what it does not hear is said again at the next look. */
  tell(said: readonly Envelope[], gate = 0, heard: () => void = () => undefined): void {
    const port = this.gates.port(gate);
    this.schedule.begin(async () => {
      await unlessAway(async () => {
        let isTaken = true;
        for (const one of said) isTaken = (await port.admit(one)).kind === "admitted" && isTaken;
        if (isTaken) heard();
      });
    });
  }
}
