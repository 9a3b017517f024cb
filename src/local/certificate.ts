import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import forge from "node-forge";
import type { Ms } from "../base/units.ts";

/** A certificate for the addresses of this run, and the authority that programs are told to trust. All as PEM. */
export interface Certificates {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** On both sides of now, so that the programs of a zone whose clock is wrong still trust it. */
const VALID_MS: Ms = 400 * 86_400_000;

/**
 * An authority of this run's own and a certificate of it for these IP addresses: what RDS and ElastiCache present to
 * programs at AWS. Its keys are made anew for each run, and the authority's own is forgotten at once.
 */
export async function makeCertificates(addresses: readonly string[], now: Ms): Promise<Certificates> {
  const [root, server] = await Promise.all([makeKeys(), makeKeys()]);
  const validity = { notBefore: new Date(now - VALID_MS), notAfter: new Date(now + VALID_MS) };
  const issuer = [{ name: "commonName", value: "Holdfast, this run's own authority" }];
  const authority = newCertificate(root.publicKey, { serial: "01", subject: issuer, issuer, ...validity });
  authority.setExtensions([
    { name: "basicConstraints", cA: true, critical: true },
    { name: "keyUsage", keyCertSign: true, critical: true },
    { name: "subjectKeyIdentifier" },
  ]);
  authority.sign(root.privateKey, forge.md.sha256.create());
  const subject = [{ name: "commonName", value: "Holdfast" }];
  const certificate = newCertificate(server.publicKey, { serial: "02", subject, issuer, ...validity });
  certificate.setExtensions([
    { name: "basicConstraints", cA: false },
    { name: "keyUsage", digitalSignature: true, keyEncipherment: true, critical: true },
    { name: "extKeyUsage", serverAuth: true },
    { name: "subjectAltName", altNames: addresses.map((ip) => ({ type: IP_ADDRESS, ip })) },
    { name: "authorityKeyIdentifier", keyIdentifier: authority.generateSubjectKeyIdentifier().getBytes() },
  ]);
  certificate.sign(root.privateKey, forge.md.sha256.create());
  return {
    authority: forge.pki.certificateToPem(authority),
    certificate: forge.pki.certificateToPem(certificate),
    key: server.pem,
  };
}

/** The tag of a general name that is an address (RFC 5280, 4.2.1.6). */
const IP_ADDRESS = 7;

interface Keys {
  readonly publicKey: forge.pki.rsa.PublicKey;
  readonly privateKey: forge.pki.rsa.PrivateKey;
  readonly pem: string;
}

/** Made by Node, which is a hundred times as fast, off the event loop. */
async function makeKeys(): Promise<Keys> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)("rsa", {
    modulusLength: 2_048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  return {
    publicKey: forge.pki.publicKeyFromPem(publicKey),
    privateKey: forge.pki.privateKeyFromPem(privateKey),
    pem: privateKey,
  };
}

interface Described {
  readonly serial: string;
  readonly subject: forge.pki.CertificateField[];
  readonly issuer: forge.pki.CertificateField[];
  readonly notBefore: Date;
  readonly notAfter: Date;
}

function newCertificate(publicKey: forge.pki.rsa.PublicKey, described: Described): forge.pki.Certificate {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = publicKey;
  certificate.serialNumber = described.serial;
  certificate.setSubject(described.subject);
  certificate.setIssuer(described.issuer);
  certificate.validity.notBefore = described.notBefore;
  certificate.validity.notAfter = described.notAfter;
  return certificate;
}
