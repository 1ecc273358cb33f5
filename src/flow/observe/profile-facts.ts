/** What an observer says of a token beyond what every token has, and of those whom an open request names. */
import { feedText } from "../../evidence/feed.ts";
import * as subject from "../../evidence/subject.ts";
import { holderFactsOf, tokenFactsOf } from "../../policy/profile.ts";
import type { Address } from "../../values/address.ts";
import { Fault } from "../../values/errors.ts";
import type { Block, ChainReader, WatchedToken } from "./chain-reader.port.ts";

export type StandingFact = readonly [subject: string, fact: subject.FactName, value: string];

/** None for a standard that has no more. */
export async function profileFacts(
  reader: ChainReader,
  { address, standard }: WatchedToken,
  block: Block,
): Promise<readonly StandingFact[]> {
  return await sayable(
    tokenFactsOf(standard).map(async (fact): Promise<StandingFact> => {
      return [subject.token(address), fact, await tokenFact(reader, address, { fact, block })];
    }),
  );
}

async function tokenFact(reader: ChainReader, token: Address, { fact, block }: Asked): Promise<string> {
  switch (fact) {
    case "registries":
      return await reader.registries(token, block);
    case "multiplier":
      return await reader.multiplier(token, block);
    case "sanctions":
      return await reader.sanctions(token, block);
    default:
      return String(await reader.decimals(token, block));
  }
}

type Asked = { readonly fact: subject.FactName; readonly block: Block };

/** Of every feed that answers as one. */
export async function feedFacts(
  reader: ChainReader,
  feeds: readonly Address[],
  block: Block,
): Promise<readonly StandingFact[]> {
  return await sayable(
    feeds.map(async (feed): Promise<StandingFact> => [
      subject.feed(feed),
      "round",
      feedText(await reader.feed(feed, block)),
    ]),
  );
}

/** Of a subject that somebody waits for; none for a holder of a token that is not watched, and for a transaction. */
export async function askedFacts(
  reader: ChainReader,
  tokens: readonly WatchedToken[],
  about: string,
  block: Block,
): Promise<readonly StandingFact[]> {
  const contract = subject.contractIn(about);
  if (contract !== undefined)
    return await sayable([reader.codeHash(contract, block).then((code): StandingFact => [about, "codehash", code])]);
  const role = subject.roleIn(about);
  if (role !== undefined) return await roleFacts(reader, tokens, role, block);
  const asked = subject.holderIn(about);
  const token = tokens.find(({ address }) => address === asked?.token);
  if (asked === undefined || token === undefined) return [];
  return await sayable(
    holderFactsOf(token.standard).map(async (fact): Promise<StandingFact> => [
      about,
      fact,
      await holderFact(reader, token, asked.holder, { fact, block }),
    ]),
  );
}

async function roleFacts(
  reader: ChainReader,
  tokens: readonly WatchedToken[],
  { token: address, role, holder }: subject.RoleSubject,
  block: Block,
): Promise<readonly StandingFact[]> {
  const token = tokens.find((one) => one.address === address);
  if (token === undefined) return [];
  const about = subject.role(address, role, holder);
  const said = reader.holdsRole(token, role, holder, block);
  return await sayable([said.then((held): StandingFact => [about, "held", String(held)])]);
}

/** What a contract does not answer as its standard says is not said: whoever needs it waits, and all other assets go on. */
export async function sayable(reads: readonly Promise<StandingFact>[]): Promise<readonly StandingFact[]> {
  const said = await Promise.allSettled(reads);
  return said.flatMap((one) => {
    if (one.status === "fulfilled") return [one.value];
    if (one.reason instanceof Fault) return [];
    throw one.reason;
  });
}

async function holderFact(
  reader: ChainReader,
  token: WatchedToken,
  holder: Address,
  { fact, block }: Asked,
): Promise<string> {
  switch (fact) {
    case "verified":
      return String(await reader.verified(token, holder, block));
    case "country":
      return String(await reader.country(token.address, holder, block));
    case "identity":
      return await reader.identity(token.address, holder, block);
    case "allowance":
      return (await reader.allowance(token.address, holder, block)).toString();
    default:
      return (await reader.frozen(token, holder, block)).toString();
  }
}
