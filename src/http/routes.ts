/** Every route of the API, in the order of the documentation. */
import { publicRoutes } from "./public-routes.ts";
import { requestRoutes } from "./request-routes.ts";
import type { Route } from "./route.ts";
import { standingRoutes } from "./standing-routes.ts";

export const routes: readonly Route[] = [...requestRoutes, ...standingRoutes, ...publicRoutes];
