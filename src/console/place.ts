/** Where in the app its visitor is: what stands behind `#` in the address, read strictly and written in one way. */

export type Place = { readonly page: string; readonly rest: readonly string[] };

/** `#/requests/0x…`; whatever is not of that form is the front page. */
export function readPlace(hash: string): Place {
  const parts = /^#\/([a-z-]{1,40})((?:\/[A-Za-z0-9.-]{1,120}){0,4})$/.exec(hash);
  const [, page = "", rest = ""] = parts ?? [];
  return { page, rest: rest.split("/").slice(1) };
}

/** The address of a place, for links. */
export function placeOf(page: string, ...rest: readonly string[]): string {
  return `#/${[page, ...rest].join("/")}`;
}
