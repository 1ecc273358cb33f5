/** Addresses of pages are read strictly: what is not one of ours leads to the front. */
import { expect, it } from "vitest";
import { placeOf, readPlace } from "../../../src/console/place.ts";

it.each([
  ["#/inbox", { page: "inbox", rest: [] }],
  ["#/inbox/ended", { page: "inbox", rest: ["ended"] }],
  [`#/request/0x${"5".repeat(64)}`, { page: "request", rest: [`0x${"5".repeat(64)}`] }],
])("reads %s and writes it the same", (hash, place) => {
  expect(readPlace(hash)).toEqual(place);
  expect(placeOf(place.page, ...place.rest)).toBe(hash);
});

it.each(["", "#", "#inbox", "#/Inbox", "#/inbox/<img>", "#/inbox/", "#/a/b/c/d/e/f", "#//inbox", "#/inbox?x=1"])(
  "takes `%s` for the front page",
  (hash) => {
    expect(readPlace(hash)).toEqual({ page: "", rest: [] });
  },
);
