import type { HttpApiDefinition } from "../../definition/http-api.ts";

/** API Gateway's HTTP API in front of functions and HTTP services. */
export interface HttpApiSettings {
  /** `GET /orders/{id}` or `$default`, and what answers it. */
  readonly routes: readonly { readonly route: string; readonly to: string }[];
  readonly throttle: { readonly requestsPerSecond: number; readonly burst: number };
}

/** What a definition says of an HTTP API. */
export function httpApiSettings({ routes, throttle }: HttpApiDefinition): HttpApiSettings {
  return { routes: Object.entries(routes).map(([route, to]) => ({ route, to })), throttle };
}
