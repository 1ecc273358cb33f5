/** Key ceremonies before the gate: two people's own signatures, and a roster that brings no key without them where the genesis asks for it. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { GateAnswer } from "../../../src/gate/wire.ts";
import { documentName } from "../../../src/genesis/genesis.ts";
import { ceremonyMessage } from "../../../src/gate/key-ceremony.ts";
import type { KeyRecord } from "../../../src/roster/key-record.ts";
import type { ManagedKey } from "../../../src/roster/roster.ts";
import { hash } from "../../../src/values/json.ts";
import { toWire } from "../../../src/values/wire.ts";
import { openPlace, start, type GatePlace } from "../../place/gate.ts";
import { goldDeployment, idOf } from "../../place/gold.ts";
import { ceremonyBy, recordOf } from "../../place/key-record.ts";
import { managedKey, rosterOf, sign, type PersonId } from "../../place/people.ts";

const codeOf = (answer: GateAnswer): string => ("code" in answer ? answer.code : answer.kind);

let place: GatePlace;
const say = async (by: PersonId, record: KeyRecord): Promise<string> =>
  codeOf(await place.admit(...ceremonyBy(by, place.deployment.deploymentId, record)));

afterEach(async () => {
  await place.close();
});

describe("a ceremony", () => {
  beforeEach(() => {
    place = openPlace();
  });

  test("is signed by each of its two people, once, and answered the same the second time", async () => {
    const record = recordOf();
    const first = await place.admit(...ceremonyBy("otto", place.deployment.deploymentId, record));
    expect(codeOf(first)).toBe("admitted");
    expect(await place.admit(...ceremonyBy("otto", place.deployment.deploymentId, record))).toEqual(first);
    expect(await say("olga", record)).toBe("admitted");
    expect(place.journal.statementsAbout("KeyCeremony", record.key.account).map(({ member }) => member)).toEqual([
      "otto",
      "olga",
    ]);
  });

  test("is not signed by who was not there, who may not, or a service", async () => {
    expect(await say("omar", recordOf())).toBe("ceremony.not-present");
    expect(await say("carla", recordOf("hsm-mint", { operators: ["carla", "otto"] }))).toBe("ceremony.not-entitled");
    expect(await say("obs-1", recordOf("hsm-mint", { operators: ["obs-1", "otto"] }))).toBe("ceremony.not-entitled");
  });

  test("travels with its record, and with no other", async () => {
    const { deploymentId } = place.deployment;
    const [statement] = ceremonyBy("otto", deploymentId, recordOf());
    expect(codeOf(await place.admit(statement))).toBe("ceremony.malformed");
    const other = toWire(recordOf("other"));
    expect(codeOf(await place.admit(statement, other))).toBe("ceremony.other-record");
    const message = { ...ceremonyMessage(recordOf()), account: managedKey("other").account };
    expect(codeOf(await place.admit(sign("otto", deploymentId, "KeyCeremony", message), toWire(recordOf())))).toBe(
      "ceremony.other-record",
    );
  });

  test("is signed once by one person, whichever of their credentials they take", async () => {
    const { deploymentId, rosterHash, key } = place.deployment;
    const roster = rosterOf([key]);
    const [omars] = roster.people.find(({ id }) => id === "omar")?.credentials ?? [];
    if (omars === undefined) throw new Error("omar has a credential");
    const people = roster.people
      .filter(({ id }) => id !== "omar")
      .map((one) => (one.id === "otto" ? { ...one, credentials: [...one.credentials, omars] } : one));
    const document = toWire({ ...roster, version: 2, previous: documentName(rosterHash), people });
    const documentHash = hash(document);
    const possession = { holder: "otto", credential: omars.id, documentHash };
    const possessions = [toWire(sign("omar", deploymentId, "Possession", possession))];
    const message = { documentHash, version: 2, previous: rosterHash, class: "loosen", reportHash: idOf("report") };
    for (const by of ["otto", "olga"] as const)
      await place.admit(sign(by, deploymentId, "RosterChange", message), { document, possessions });
    place.now += 3_601;
    const record = recordOf();
    expect(await say("otto", record)).toBe("admitted");
    expect(await say("omar", record)).toBe("ceremony.signed-before");
  });

  test("is one of at most a hundred that one person signs of one key", async () => {
    const codes = new Map<string, number>();
    for (let index = 0; index < 101; index += 1) {
      const code = await say("otto", recordOf("hsm-mint", { madeAt: start - 60 - index }));
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
    expect(Object.fromEntries(codes)).toEqual({ admitted: 100, "ceremony.too-many": 1 });
  });

  test("is not of a time to come, nor of another key under a name that is taken", async () => {
    expect(await say("otto", recordOf("hsm-mint", { madeAt: start + 3_600 }))).toBe("ceremony.future");
    const other = recordOf("other");
    expect(await say("otto", { ...other, key: { ...other.key, name: managedKey("hsm-mint").id } })).toBe(
      "ceremony.other-key",
    );
  });
});

describe("a roster that adds a key in an HSM", () => {
  const added = managedKey("hsm-2");
  const propose = async (by: PersonId, key: ManagedKey = added): Promise<string> => {
    const { rosterHash, deploymentId, key: first } = place.deployment;
    const document = toWire({ ...rosterOf([first, key]), version: 2, previous: documentName(rosterHash) });
    const message = {
      documentHash: hash(document),
      version: 2,
      previous: rosterHash,
      class: "loosen",
      reportHash: idOf("report"),
    };
    return codeOf(await place.admit(sign(by, deploymentId, "RosterChange", message), { document }));
  };

  test("comes without a record where the genesis does not ask for one", async () => {
    place = openPlace();
    expect(await propose("otto")).toBe("admitted");
  });

  describe("where the genesis asks for its ceremony", () => {
    beforeEach(() => {
      place = openPlace(goldDeployment({ overrides: { keyCeremonies: "required" } }));
    });

    test("is refused until both operators have signed one record of this very key", async () => {
      expect(await propose("otto")).toBe("ceremony.missing");
      const record = recordOf("hsm-2");
      expect(await say("otto", record)).toBe("admitted");
      expect(await propose("otto")).toBe("ceremony.missing");
      // The other operator's name under another record is no second name under this one.
      expect(await say("olga", recordOf("hsm-2", { madeAt: start - 61 }))).toBe("admitted");
      expect(await propose("otto")).toBe("ceremony.missing");
      expect(await say("olga", record)).toBe("admitted");
      expect(await propose("otto")).toBe("admitted");
      expect(await propose("olga")).toBe("admitted");
    });

    test("is taken on the record of a key that was found on its token, so that a house can move in with its keys", async () => {
      const record = recordOf("hsm-2", { ceremony: "found" });
      for (const by of ["otto", "olga"] as const) expect(await say(by, record)).toBe("admitted");
      expect(await propose("otto")).toBe("admitted");
    });

    test("is taken for a Ledger, which holds no ceremony", async () => {
      expect(await propose("otto", { ...added, backend: "ledger" })).toBe("admitted");
    });
  });
});
