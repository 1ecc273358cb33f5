/** What an application and the server that carries it tell each other: where it listens, and when that ends. */
import type { Express } from "express";
import { invariant } from "../values/errors.ts";

const urls = new WeakMap<Express, string>();
const endings = new WeakMap<Express, () => void>();

/** Scheme, host and port. */
export function settle(app: Express, url: string): void {
  urls.set(app, url);
}

export function placeOf(app: Express): string {
  const url = urls.get(app);
  invariant(url !== undefined, "the application is asked where it listens before it does");
  return url;
}

/** Answers that would stay open for ever are ended by this. */
export function endWith(app: Express, end: () => void): void {
  endings.set(app, end);
}

export function endAnswers(app: Express): void {
  endings.get(app)?.();
}
