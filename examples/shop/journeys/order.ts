import type { JourneyContext } from "holdfast";

/**
 * Each order takes one piece from stock, so what was sold is the number of effects. The drills hold it against the
 * orders that were acknowledged: an order that was applied twice shows here, whatever `GET /api/orders/:key` says.
 */
export async function effects(ctx: JourneyContext): Promise<number> {
  const response = await ctx.fetch("/api/stock");
  const books = response.json() as { initial: number; stock: number };
  return books.initial - books.stock;
}
