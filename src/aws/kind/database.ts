import { RDS } from "../../facts/database.ts";
import type { DatabaseComponent } from "../../topology/topology.ts";
import { shipAurora } from "../data/aurora.ts";
import { shipDatabaseRotation } from "../data/database-rotation.ts";
import { shipDoor } from "../data/door.ts";
import { engineOf } from "../data/engine.ts";
import { checkedName } from "../data/name-length.ts";
import { hasProxy, shipProxy } from "../data/proxy.ts";
import { shipRds } from "../data/rds.ts";
import { readSecrets, shipSecrets } from "../data/secret.ts";
import type { DatabaseHandle } from "../handle.ts";
import { physicalName } from "../name.ts";
import type { Site } from "../ship.ts";

/**
 * A database: Aurora or RDS, with its secrets, their rotation, and a proxy where one is wanted. Programs that use it
 * come in by the doors, with the user and password of the secret.
 *
 * With two regions the other region's data stack is deployed after the primary one's: a replica needs what it follows.
 */
export function shipDatabase(site: Site, component: DatabaseComponent): DatabaseHandle {
  const { id, settings } = component;
  checkNames(site, id);
  const engine = engineOf(settings);
  const proxied = hasProxy(site.shipment, component);
  const secrets = shipSecrets(site, component, { engine, proxied });
  const door = shipDoor(site, component, engine.port);
  const wanted = { door, secrets };
  const database = engine.isAurora ? shipAurora(site, component, wanted) : shipRds(site, component, wanted);
  shipDatabaseRotation(site, component, { database, secrets, door });
  const shipped = proxied ? shipProxy(site, component, { database, secrets, databaseDoor: door }) : null;
  const direct = {
    writer: { host: database.writerHost, port: engine.port },
    reader: { host: database.readerHost, port: engine.port },
  };
  const { writer, reader } = settings.endpoint === "proxy" && shipped !== null ? shipped.proxy : direct;
  const dialled = shipped === null || settings.endpoint === "cluster" || !engine.isAurora;
  return {
    id,
    kind: "database",
    writer,
    reader,
    proxy: shipped?.proxy ?? null,
    secretArn: secrets.arns[secrets.app]!, // every name has one
    clusterIdentifier: database.clusterIdentifier,
    instanceIdentifiers: database.instanceIdentifiers,
    arn: database.arn,
    globalClusterIdentifier: database.globalClusterIdentifier,
    access: readSecrets(site, id, [secrets.app]),
    doors: [...(dialled ? [door] : []), ...(shipped === null ? [] : [shipped.door])],
  };
}

/** The longest names that are made of a database's. */
function checkNames({ shipment, region }: Site, id: string): void {
  for (const part of ["reader", region.name]) {
    checkedName(physicalName(shipment, id, part), RDS.identifierLength.value, { what: `the database "${id}"`, at: id });
  }
}
