import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { type Programs, shipPrograms } from "../../test/support/program-rig.ts";
import everything from "../../examples/everything/holdfast.config.ts";
import shop from "../../examples/shop/holdfast.config.ts";
import { type BindingWorld, bindings } from "../topology/binding.ts";
import { componentsOf } from "../topology/topology.ts";
import { serviceEnvironment } from "./environment.ts";

/** As the local world binds a task: everything by address, with the text of secrets. */
const LOCAL: BindingWorld = {
  region: "us-east-1",
  port: 41_234,
  host: "127.1.0.7",
  tls: null,
  database: (id) => ({
    writer: { host: `${id}.writer`, port: 5_432 },
    reader: { host: `${id}.reader`, port: 5_432 },
    user: "app",
    password: "secret",
  }),
  cache: (id) => ({ host: id, port: 6_379, user: "app", password: "secret" }),
  queueUrl: (id) => `http://127.1.128.9:9324/000000000000/${id}`,
  service: (id) => ({ host: id, port: 8_080 }),
  table: (id) => ({ name: id, acceleratorUrl: id === "parcels" ? "dax://127.1.0.9:9111" : null }),
  nameOf: (_kind, id) => id,
  arnOf: (kind, id) => `arn:aws:${kind}:us-east-1:000000000000:${id}`,
  awsEndpoint: () => "http://127.1.128.9:9324",
};

/** What only an emulated AWS needs: endpoints and credentials that are worth nothing. */
const ONLY_LOCAL = /^AWS_(ENDPOINT_URL_|ACCESS_KEY_ID$|SECRET_ACCESS_KEY$)/;

/** What a value is, whatever is in it: the scheme of a URL without its TLS; null where AWS gives it as a whole. */
function schemeOf(value: unknown): string | null {
  return /([a-z]+?)s*:\/\//.exec(JSON.stringify(value))?.[1] ?? null;
}

const systems = [
  ["shop", shop],
  ["everything", everything],
] as const;

describe.each(systems)("the programs of examples/%s", (name, definition) => {
  const directory = resolve(import.meta.dirname, "../../examples", name);
  const shipped: Programs = shipPrograms(definition as unknown as Record<string, unknown>, { directory });
  const { topology } = shipped.shipment;

  test.each(componentsOf(topology, "service").map(({ id }) => id))(
    "find the same variables on AWS as here, each of the same kind: %s",
    (id) => {
      const component = componentsOf(topology, "service").find((each) => each.id === id)!;
      const local = Object.entries(bindings(topology, id, LOCAL)).filter(([variable]) => !ONLY_LOCAL.test(variable));
      for (const site of shipped.sites) {
        const { variables, secrets } = serviceEnvironment(site, component);
        const there = { ...variables, ...secrets };
        expect(Object.keys(there).sort()).toEqual(local.map(([variable]) => variable).sort());
        for (const [variable, value] of local) {
          if (variable in secrets) continue; // its text is not ours to see
          const scheme = schemeOf(site.stacks.compute.resolve(there[variable]) as unknown);
          if (scheme !== null) expect([variable, scheme]).toEqual([variable, schemeOf(value)]);
        }
      }
    },
  );

  test("have every secret injected, and none among their variables", () => {
    for (const component of componentsOf(topology, "service")) {
      const { variables, secrets } = serviceEnvironment(shipped.sites[0]!, component);
      const secretly = (variable: string): boolean => /(^|_)(PASSWORD|USER)$|^PG/.test(variable);
      expect(Object.keys(variables).filter(secretly)).toEqual([]);
      const caches = component.settings.uses.filter((used) =>
        topology.components.some((each) => each.kind === "cache" && each.id === used),
      );
      for (const cache of caches) {
        expect(secrets).toHaveProperty(`${cache.toUpperCase()}_USER`);
        expect(secrets).toHaveProperty(`${cache.toUpperCase()}_PASSWORD`);
      }
    }
  });
});
