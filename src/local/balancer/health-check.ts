import { Client } from "undici";
import type { Clock } from "../../base/clock.ts";
import type { Ms } from "../../base/units.ts";
import type { Gate } from "../link/gate.ts";

export interface HealthCheckOptions {
  readonly clock: Clock;
  /** What stands between the checker and the target. */
  readonly gate: Gate;
  readonly origin: string;
  readonly path: string;
  readonly timeoutMs: Ms;
}

/**
 * One health check as ALB makes it: a GET on a connection of its own, healthy on a 200 that comes whole within the
 * time-out. Never rejects.
 */
export async function checkHealth(options: HealthCheckOptions): Promise<boolean> {
  const { clock, gate, origin, path, timeoutMs } = options;
  const client = new Client(origin, { connect: gate.connector, allowH2: false });
  const destroy = (): void => void client.destroy().catch(() => undefined);
  const cancel = clock.after(timeoutMs, destroy);
  try {
    const headers = { "user-agent": "ELB-HealthChecker/2.0" };
    const { statusCode, body } = await client.request({ path, method: "GET", headers, reset: true });
    await body.dump();
    return statusCode === 200;
  } catch {
    return false;
  } finally {
    cancel();
    destroy();
  }
}
