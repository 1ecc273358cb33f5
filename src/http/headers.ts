/** The headers that every answer carries: nothing is framed, sniffed, cached or loaded from elsewhere. */
import type { RequestHandler } from "express";
import helmet from "helmet";
import { styleHash } from "./docs-page.ts";

const nothing = ["'none'"];

export function strictHeaders(): RequestHandler {
  const secure = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: nothing,
        styleSrc: [styleHash],
        baseUri: nothing,
        formAction: nothing,
        frameAncestors: nothing,
      },
    },
    crossOriginEmbedderPolicy: true,
    referrerPolicy: { policy: "no-referrer" },
    strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: false },
    xFrameOptions: { action: "deny" },
  });
  return (request, response, next) => {
    response.set("cache-control", "no-store");
    response.set("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
    secure(request, response, next);
  };
}
