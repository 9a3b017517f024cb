import { generateKeyPairSync } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { userInfo } from "node:os";
import { delimiter, join } from "node:path";
import { type Connection, createConnection } from "mysql2/promise";
import forge from "node-forge";
import { systemClock } from "../../src/base/clock.ts";
import { runProcess } from "./command.ts";
import { eventually } from "./eventually.ts";
import type { Fixture } from "./fixture.ts";

/** A server's program, and whether it is MySQL's own or MariaDB's. */
export interface MysqlProgram {
  readonly path: string;
  readonly flavour: "mysql" | "mariadb";
}

/** A server that runs, with TLS, for `localhost`. */
export interface MysqlServer {
  readonly port: number;
  /** What a client must trust, as PEM. */
  readonly certificate: string;
  /** Where each statement is logged. */
  readonly log: string;
  /** A connection of the one who may do everything. */
  connect(): Promise<Connection>;
}

/** A MySQL or MariaDB on the PATH, or where Debian puts servers; null where there is none. */
export async function findMysql(): Promise<MysqlProgram | null> {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin"];
  const path = ["mysqld", "mariadbd"]
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((each) => existsSync(each));
  if (path === undefined) return null;
  const { stdout } = await runProcess(path, ["--no-defaults", "--version"]);
  return { path, flavour: /mariadb/i.test(stdout) ? "mariadb" : "mysql" };
}

/** Starts a server on a free port, with its data in the fixture's folder. */
export async function startMysql(fixture: Fixture, { path, flavour }: MysqlProgram): Promise<MysqlServer> {
  const inFolder = (name: string): string => join(fixture.directory, name);
  const [datadir, socketPath, log] = [inFolder("data"), inFolder("s"), inFolder("statements.log")];
  const common = ["--no-defaults", `--datadir=${datadir}`, `--user=${userInfo().username}`];
  const [command, ...args] =
    flavour === "mariadb"
      ? ["mariadb-install-db", ...common, "--auth-root-authentication-method=normal", "--skip-test-db"]
      : [path, ...common, "--initialize-insecure"];
  const { code, stdout, stderr } = await runProcess(command!, args);
  if (code !== 0) throw new Error(`${command} failed: ${stdout}${stderr}`);
  const { certificate, key } = selfSigned();
  writeFileSync(inFolder("certificate.pem"), certificate);
  writeFileSync(inFolder("key.pem"), key, { mode: 0o600 });
  const port = await freePort();
  await fixture.spawner.spawn({
    name: flavour,
    command: path,
    args: [
      ...common,
      `--socket=${socketPath}`,
      `--pid-file=${inFolder("pid")}`,
      `--port=${port}`,
      "--bind-address=127.0.0.1",
      `--ssl-cert=${inFolder("certificate.pem")}`,
      `--ssl-key=${inFolder("key.pem")}`,
      "--general-log=1",
      `--general-log-file=${log}`,
      "--loose-mysqlx=0", // a second port, which MariaDB does not have
    ],
    cwd: fixture.directory,
    env: { PATH: process.env["PATH"] ?? "" },
    logFile: inFolder("server.log"),
  });
  const connect = (): Promise<Connection> => createConnection({ socketPath, user: "root" });
  await eventually(async () => (await connect()).end(), { within: "30 seconds" });
  return { port, certificate, log, connect };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A certificate for `localhost` that vouches for itself, valid for a day before and after now. */
function selfSigned(): { readonly certificate: string; readonly key: string } {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2_048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey);
  certificate.serialNumber = "01";
  certificate.validity.notBefore = new Date(systemClock.now() - 86_400_000);
  certificate.validity.notAfter = new Date(systemClock.now() + 86_400_000);
  const subject = [{ name: "commonName", value: "Holdfast's tests" }];
  certificate.setSubject(subject);
  certificate.setIssuer(subject);
  certificate.setExtensions([{ name: "subjectAltName", altNames: [{ type: DNS_NAME, value: "localhost" }] }]);
  certificate.sign(forge.pki.privateKeyFromPem(privateKey), forge.md.sha256.create());
  return { certificate: forge.pki.certificateToPem(certificate), key: privateKey };
}

/** The tag of a general name that is a host's (RFC 5280, 4.2.1.6). */
const DNS_NAME = 2;
