import { rootCertificates } from "node:tls";
import type { Ms } from "../base/units.ts";
import { makeCertificates } from "./certificate.ts";
import { type RegionPlan, endpointAt } from "./plan.ts";
import type { StateDirectory } from "./state-directory.ts";

/** TLS of this run: what endpoints present to programs, and where programs find whom to trust. */
export interface Trust {
  /** PEM; the key is in no file. */
  readonly server: { readonly certificate: string; readonly key: string };
  /** This run's own authority, as a file. */
  readonly authorityFile: string;
  /** The same, and the public authorities too: for clients that take one file in place of all that they know. */
  readonly bundleFile: string;
}

/** Makes the certificates of a run for its databases' and caches' endpoints, and writes what programs are to trust. */
export async function makeTrust(plans: readonly RegionPlan[], state: StateDirectory, now: Ms): Promise<Trust> {
  const hosts = plans.flatMap((plan) =>
    plan.endpoints.flatMap((endpoint) => plan.region.zones.map((zone) => endpointAt(plan, endpoint, zone).host)),
  );
  const { authority, certificate, key } = await makeCertificates([...new Set(hosts)], now);
  state.write("authority.pem", authority);
  state.write("trusted.pem", [...rootCertificates, authority].join("\n"));
  return {
    server: { certificate, key },
    authorityFile: state.file("authority.pem"),
    bundleFile: state.file("trusted.pem"),
  };
}

/** The variables by which programs find this run's authority: Node's own, and OpenSSL's, which many languages read. */
export function trustVariables({ authorityFile, bundleFile }: Trust): Record<string, string> {
  return { NODE_EXTRA_CA_CERTS: authorityFile, SSL_CERT_FILE: bundleFile };
}
