/** The second leg of a redemption as the service keeps it: each thing happens once, in whatever order it is heard of. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SignAnswer } from "../../../src/gate/wire.ts";
import type { Instruction } from "../../../src/log/entry.ts";
import { alarmOf } from "../../../src/request/alarm.ts";
import { due } from "../../../src/request/due.ts";
import { alarmNotice } from "../../../src/request/notice.ts";
import {
  destinationOf,
  isOwing,
  isReleasing,
  lateAlarmOf,
  overdue,
  redemptionOf,
  release,
  releasingEventOf,
  type ReleasingEvent,
} from "../../../src/request/releasing.ts";
import { requestSchema, type Request } from "../../../src/request/request.ts";
import { sha256, utf8 } from "../../../src/values/digest.ts";
import { parse as parseInstant } from "../../../src/values/instant.ts";
import { toWire } from "../../../src/values/wire.ts";
import { fresh, noon } from "./sample.ts";

const at = noon;
const later = (seconds: number): typeof at => parseInstant(at + seconds);
const named = (word: string): ReturnType<typeof sha256> => sha256(utf8(word));

/** A redemption whose burn is final. */
function burned(): Request {
  const request = fresh();
  const details = `destination vault-zrh; ${request.submission.details}`;
  return { ...request, state: "final", submission: { ...request.submission, operation: "redeem", details } };
}

const terms = {
  leaf: 77,
  burn: named("burn"),
  destination: "vault-zrh",
  deliverBefore: later(3_600),
  deliveriesMin: 2,
};
const instruction = {
  leafIndex: 77,
  burn: terms.burn,
  destination: "vault-zrh",
  deliverBefore: terms.deliverBefore,
  deliveredBy: { group: "vaults", min: 2 },
} as unknown as Instruction;
const events = {
  released: { kind: "released", ...terms },
  instructed: { kind: "instructed", instruction },
  carla: { kind: "delivered", member: "carla", reference: "W-1", asOf: at },
  chris: { kind: "delivered", member: "chris", reference: "W-2", asOf: at },
  reversed: { kind: "reversed" },
  withheld: { kind: "withheld", why: "nothing yet" },
} as unknown as Readonly<Record<string, ReleasingEvent>>;

function after(request: Request, ...names: readonly string[]): Request {
  return names.reduce((before, name) => {
    const applied = release(before, events[name]!, at);
    return applied.kind === "moved" ? applied.request : before;
  }, request);
}
const kindOf = (request: Request): string | undefined => redemptionOf(request)?.kind;

describe("a second leg", () => {
  it("is of a redemption that names a destination, once its burn is final", () => {
    expect(destinationOf(burned())).toBe("vault-zrh");
    expect(destinationOf({ ...burned(), state: "mined" })).toBeUndefined();
    expect(destinationOf({ ...fresh(), state: "final" })).toBeUndefined();
    expect(release(fresh(), events["released"]!, at)).toEqual({ kind: "ignored" });
    expect(isOwing(fresh())).toBe(false);
    expect(redemptionOf({ ...fresh(), state: "final" })).toBeUndefined();
  });

  it("is owed, then released, then delivered once enough say so", () => {
    const steps = ["released", "instructed", "carla", "chris"];
    const kinds = steps.map((_, nth) => kindOf(after(burned(), ...steps.slice(0, nth + 1))));
    expect([kindOf(burned()), ...kinds]).toEqual(["owed", "released", "released", "released", "delivered"]);
    expect(redemptionOf(after(burned(), "released", "carla"))?.why).toBe(
      "delivered, says carla; 1 more have to say so",
    );
    expect(redemptionOf(after(burned(), ...steps))?.why).toBe("delivered to vault-zrh, says carla, chris");
    expect(isOwing(after(burned(), ...steps))).toBe(false);
  });

  it("comes out the same whichever of the gate's answer and the log is heard first", () => {
    const strip = (request: Request): unknown => ({ ...redemptionOf(request) });
    expect(strip(after(burned(), "instructed", "released"))).toEqual(strip(after(burned(), "released", "instructed")));
  });

  it("counts nobody twice, and nobody before it was released", () => {
    expect(kindOf(after(burned(), "released", "carla", "carla"))).toBe("released");
    expect(after(burned(), "carla")).toEqual(burned());
  });

  it("that was taken back is never released, and what was released is never taken back", () => {
    expect(kindOf(after(burned(), "reversed", "released", "instructed", "carla", "chris"))).toBe("reversed");
    expect(kindOf(after(burned(), "released", "reversed"))).toBe("released");
    expect(kindOf(after(burned(), "instructed", "reversed"))).toBe("released");
  });

  it("never loses its release or its end, whatever is heard, in any order", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...Object.keys(events)), { maxLength: 12 }), (names) => {
        let request = burned();
        for (const name of names) {
          const before = redemptionOf(request)!;
          const applied = release(request, events[name]!, at);
          if (applied.kind === "ignored") continue;
          const now = redemptionOf(applied.request)!;
          if (before.release !== null) expect(now.release).toEqual(before.release);
          if (before.instruction !== null) expect(now.instruction).toEqual(before.instruction);
          if (["delivered", "reversed"].includes(before.kind)) expect(now.kind).toBe(before.kind);
          expect(now.kind === "reversed" && now.release !== null).toBe(false);
          expect(applied.request.state).toBe("final");
          expect(applied.request.revision).toBe(request.revision + 1);
          request = applied.request;
        }
      }),
    );
  });
});

describe("what is due", () => {
  it("is to ask the gate until it signed, then to remind when the time is over, and nothing in the end", () => {
    const kinds = [
      [],
      ["released"],
      ["released", "instructed"],
      ["released", "instructed", "carla", "chris"],
      ["reversed"],
    ];
    expect(kinds.map((names) => due(after(burned(), ...names), later(1_000_000)).kind)).toEqual([
      "release",
      "release",
      "remind",
      "rest",
      "rest",
    ]);
    expect(after(burned(), "released", "instructed").dueAt).toBe(terms.deliverBefore);
  });

  it("in vain is tried again at a growing distance, and people are reminded once an hour", () => {
    const once = after(burned(), "withheld");
    expect(once.dueAt).toBe(later(1));
    expect(after(burned(), ...Array.from({ length: 20 }, () => "withheld")).dueAt).toBe(later(5));
    const late = release(after(burned(), "instructed"), overdue({ release: null }), later(7_200));
    expect(late.kind === "moved" && late.request.dueAt).toBe(later(10_800));
  });

  it("is an alarm once its time is over", () => {
    const waiting = after(burned(), "released", "instructed");
    expect(lateAlarmOf(waiting, later(3_599))).toBeNull();
    expect(alarmOf(waiting, later(3_600))).toContain("was released to vault-zrh and is overdue since");
    expect(alarmOf(after(waiting, "carla", "chris"), later(9_999))).toBeNull();
    expect(alarmOf(burned(), later(1_000_000))).toBeNull();
    expect(alarmNotice(waiting, later(3_600))).toMatchObject({ topic: "alarm", people: [] });
    expect(alarmNotice(waiting, later(3_600))?.text).toContain("nobody said in time that it was delivered");
  });
});

describe("what the gate answers", () => {
  const answers: readonly (readonly [string, SignAnswer | object, string])[] = [
    ["released", { kind: "released", instruction }, "instructed"],
    ["needs-cosignature", { kind: "needs-cosignature", checkpoint: "", nonce: 0 }, "withheld"],
    ["refused", { kind: "refused", code: "gate.frozen", why: "GLD is frozen" }, "withheld"],
    ["refused for good", { kind: "refused", code: "gate.release-reversed", why: "taken back" }, "reversed"],
    ["a problem", { kind: "problem", code: "gate.busy", message: "busy", field: "" }, "withheld"],
    ["another answer", { kind: "signing", on: "hsm", needs: "the token" }, "withheld"],
  ];
  it.each(answers)("%s", (_, answer, kind) => {
    const event = releasingEventOf(answer as SignAnswer);
    expect(event.kind).toBe(kind);
    expect(isReleasing(event)).toBe(true);
  });

  it("is told with its reason", () => {
    expect(releasingEventOf({ kind: "refused", code: "gate.frozen", why: "GLD is frozen" })).toMatchObject({
      why: "nothing is released yet: GLD is frozen (gate.frozen)",
    });
    expect(releasingEventOf({ kind: "needs-cosignature", checkpoint: "", nonce: 0 }, "waits for w1")).toMatchObject({
      why: "the release waits for w1",
    });
  });
});

it("is kept and read back as it is", () => {
  const owed = after(burned(), "released", "carla");
  expect(requestSchema.parse(JSON.parse(JSON.stringify(toWire(owed))))).toEqual(owed);
});
