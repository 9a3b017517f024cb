import { apiRouteFor } from "./http-api.ts";
import { routeFor } from "./route.ts";

/** A request of a customer's. */
interface Request {
  readonly method: string;
  readonly path: string;
}

/** As much of a definition as says where customers come in. */
export interface Doors {
  readonly edge: { readonly site: string | null; readonly routes: Readonly<Record<string, string>> } | null;
  readonly httpApis: Readonly<Record<string, { readonly routes: Readonly<Record<string, string>> }>>;
  readonly accelerators: Readonly<Record<string, { readonly to: string }>>;
  /** Services behind the load balancer. */
  readonly http: readonly string[];
}

/**
 * What a request meets behind the edge, from outside inwards: the service that a route leads to, and nothing where the
 * site answers. Without an edge there is one way in and no other: the HTTP API, the accelerator, or the HTTP service.
 * Undefined where nothing answers.
 */
export function wayIn(doors: Doors, request: Request): readonly string[] | undefined {
  const { edge, httpApis } = doors;
  if (edge !== null) {
    const service = routeFor(edge.routes, request.path);
    if (service !== undefined) return [service];
    return edge.site === null ? undefined : [];
  }
  const [door, ...others] = doorsOf(doors);
  if (door === undefined || others.length > 0) return undefined;
  const api = Object.hasOwn(httpApis, door) ? httpApis[door] : undefined;
  if (api === undefined) return [door];
  const target = apiRouteFor(api.routes, request);
  return target === undefined ? undefined : [door, target];
}

/** All ways in of a system without an edge. */
export function doorsOf({ httpApis, accelerators, http }: Doors): readonly string[] {
  const accelerated = Object.keys(accelerators).filter((id) => http.includes(accelerators[id]?.to ?? ""));
  const doors = [...Object.keys(httpApis), ...accelerated];
  return doors.length > 0 ? doors : http;
}
