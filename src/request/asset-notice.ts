/** What people outside are told of an asset: evidence that runs out, and reserves that grow thin or fall short; amounts are left out. */
import { toIso } from "../values/instant.ts";
import type { AssetView } from "./asset.ts";
import type { Notice } from "./notice.ts";

/** Those who attest hear of it when less than this part of the longest age is left. */
const remindedPart = 5;
const daySeconds = 86_400;

type Looked = Pick<AssetView, "asset" | "at" | "cover" | "audits">;
type Evidence = {
  readonly guard: string;
  readonly by: AssetView["cover"][number]["by"];
  readonly maxAgeSeconds: number;
  readonly endsAt: AssetView["cover"][number]["endsAt"];
};

/** One for each end that comes near, and one a day for what is missing, thin or short. */
export function assetNotices(view: Looked): readonly Notice[] {
  const evidence: readonly Evidence[] = [
    ...view.cover,
    ...view.audits.map(({ dueAt, ...audit }) => ({ ...audit, endsAt: dueAt })),
  ];
  return [...evidence.flatMap((one) => evidenceDue(view, one)), ...view.cover.flatMap((one) => thin(view, one))];
}

function evidenceDue({ asset, at }: Looked, { guard, by, maxAgeSeconds, endsAt }: Evidence): readonly Notice[] {
  const wanted = `${by.min} of ${by.group} for guard.${guard} of ${asset}`;
  if (endsAt === null)
    return [notice({ at, asset, guard }, "evidence-due", `nothing is minted before ${wanted} attest`)];
  if ((endsAt - at) * remindedPart > maxAgeSeconds) return [];
  const text = `what ${wanted} attested is enough until ${toIso(endsAt)}, and nothing is minted afterwards`;
  return [{ ...notice({ at, asset, guard }, "evidence-due", text), key: `evidence-due ${asset} ${guard} ${endsAt}` }];
}

function thin({ asset, at }: Looked, { guard, band }: AssetView["cover"][number]): readonly Notice[] {
  const see = `see \`asset show ${asset}\``;
  switch (band) {
    case "warning":
      return [notice({ at, asset, guard }, "reserves-thin", `reserves of ${asset} are thin by guard.${guard}: ${see}`)];
    case "short": {
      const text = `more ${asset} is out than its reserves cover by guard.${guard}; a pause is proposed: ${see}`;
      return [notice({ at, asset, guard }, "reserves-short", text)];
    }
    case "covered":
    case "unknown":
      return [];
  }
}

type About = Pick<Looked, "at" | "asset"> & { readonly guard: string };

/** At most once a day, however often it is looked for. */
function notice({ at, asset, guard }: About, topic: Notice["topic"], text: string): Notice {
  const day = Math.floor(at / daySeconds);
  return { key: `${topic} ${asset} ${guard} ${day}`, topic, at, text, people: [], requestId: null };
}
