import type { JourneyContext, JourneyResponse } from "holdfast";

/** A customer who fills a new cart, and looks into it later, through whichever task the balancer picks. */
export function write(ctx: JourneyContext, key: string, value: string): Promise<JourneyResponse> {
  return ctx.fetch("/api/cart", { method: "POST", headers: session(key), body: { key, value } });
}

export function read(ctx: JourneyContext, key: string): Promise<JourneyResponse> {
  return ctx.fetch(`/api/cart/${key}`, { headers: session(key) });
}

/** A session for each cart: two requests of one customer that cross would otherwise open two sessions. */
function session(key: string): Record<string, string> {
  return { cookie: `session=${key}` };
}
