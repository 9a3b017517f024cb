import { X509Certificate } from "node:crypto";
import { describe, expect, test } from "vitest";
import { makeCertificates } from "./certificate.ts";

const NOW = Date.UTC(2026, 10, 21);
const DAY_MS = 86_400_000;

describe("the certificates of a run", () => {
  test("are one for all addresses, issued by an authority of the run's own", async () => {
    const made = await makeCertificates(["127.4.0.9", "127.4.1.9"], NOW);
    const [authority, server] = [new X509Certificate(made.authority), new X509Certificate(made.certificate)];
    expect(authority.ca).toBe(true);
    expect(server.ca).toBe(false);
    expect(server.verify(authority.publicKey)).toBe(true);
    expect(server.checkIssued(authority)).toBe(true);
    expect(server.checkIP("127.4.1.9")).toBe("127.4.1.9");
    expect(server.checkIP("127.4.2.9")).toBeUndefined();
    expect(made.key).toContain("PRIVATE KEY");
  });

  test("hold for programs whose clock is a year wrong, either way", async () => {
    const { certificate } = await makeCertificates(["127.4.0.9"], NOW);
    const { validFrom, validTo } = new X509Certificate(certificate);
    expect(Date.parse(validFrom)).toBeLessThan(NOW - 366 * DAY_MS);
    expect(Date.parse(validTo)).toBeGreaterThan(NOW + 366 * DAY_MS);
  });
});
