/** A configured device looked at from the command line: everything that would keep the gate from using it, with what to do about each. */
import type { Orders } from "./agent-message.ts";
import { failed } from "./device-failure.ts";
import type { TransportFactory } from "./eth-app.ts";
import { fitness, type Step } from "./fitness.ts";
import type { SlotConfig } from "./slot-config.ts";
import { otherOwner, type SlotMemory } from "./slot-memory.ts";

export type DeviceFinding = {
  readonly check: "memory" | "device" | Step["check"];
  readonly isFit: boolean;
  readonly why: string;
};

/** Without a memory the slot was never used. Where a review may be on a screen, nothing is sent to any device: the app would not survive it. */
export async function checkDevice(
  config: SlotConfig,
  memory: SlotMemory | undefined,
  factory: TransportFactory,
): Promise<readonly DeviceFinding[]> {
  const remembered = memory === undefined ? [] : doubts(config, memory);
  if (remembered.length > 0) return remembered;
  const why = memory === undefined ? "the gate has not used it yet" : "no review may be on its screen";
  const clear = { check: "memory", isFit: true, why } as const;
  return [clear, ...(await lookForDevice(config, factory))];
}

function doubts({ name, memory: folder }: SlotConfig, memory: SlotMemory): readonly DeviceFinding[] {
  const owner = otherOwner(folder);
  const reviewing = memory.reviewing();
  const quarantine = memory.quarantined();
  const clear = `reject on \`${name}\` what its screen shows, then \`countersign ledger clear\``;
  const said = [
    ...(owner === undefined ? [] : ["another process uses the device; `countersign doctor` asks the gate how it is"]),
    ...(reviewing === undefined || owner !== undefined
      ? []
      : [`a review of ${reviewing} was not seen to end: ${clear}`]),
    ...(quarantine === undefined
      ? []
      : [`the device is not used any more: ${quarantine}; find out why, then \`countersign ledger clear\``]),
  ];
  return said.map((why) => ({ check: "memory", isFit: false, why }));
}

/** Throws a DeviceFailure when devices cannot be looked for at all. */
async function lookForDevice(config: SlotConfig, factory: TransportFactory): Promise<readonly DeviceFinding[]> {
  const seen: (readonly DeviceFinding[])[] = [];
  for (const place of await factory.list()) seen.push(await lookAt(place, config, factory));
  const ours = seen.filter((findings) => findings.some(({ check, isFit }) => check === "key" && isFit));
  if (ours.length > 1)
    return [
      { check: "device", isFit: false, why: "two devices with these keys are plugged in; take one of them away" },
    ];
  const fits = (findings: readonly DeviceFinding[]): number => findings.filter(({ isFit }) => isFit).length;
  const [nearest] = [...ours, ...seen.toSorted((a, b) => fits(b) - fits(a))];
  return nearest ?? [{ check: "device", isFit: false, why: "plug the device in" }];
}

async function lookAt(place: string, { app, keys }: SlotConfig, factory: TransportFactory): Promise<DeviceFinding[]> {
  const wanted: Pick<Orders, "app" | "keys"> = { app, keys };
  const found: DeviceFinding[] = [];
  try {
    const connection = await factory.connect(place);
    try {
      for await (const { check, isFit, why } of fitness(connection.app, wanted)) found.push({ check, isFit, why });
    } finally {
      await connection.close();
    }
  } catch (error) {
    found.push({ check: "device", isFit: false, why: failed(error).message });
  }
  return found;
}
