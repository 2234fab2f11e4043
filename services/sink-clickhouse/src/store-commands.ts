import type { StoreAddress, StoreCommands } from '@sluice/sink/sink-descriptor';
import type { ClickHouseConnection } from './connection.ts';
import { countRowsByType } from './count-events.ts';
import { clickHouseEraser } from './erase-rows.ts';
import { examineClickHouse } from './examine.ts';
import { eventsWithRows } from './find-events.ts';
import { migrateClickHouse } from './migrate.ts';
import { clickHouseRebuildTarget } from './rebuild-tables.ts';

/** A stream's tables are in the database of its name. */
const connectionTo = ({
  url,
  username = 'default',
  password,
  stream,
  cluster,
}: StoreAddress): ClickHouseConnection => ({
  url,
  username,
  ...(password && { password }),
  ...(cluster !== undefined && { cluster }),
  database: stream,
});

export const storeCommands: StoreCommands = {
  async migrate(at, { retention }) {
    const changes = await migrateClickHouse(connectionTo(at), { retentionMs: retention });
    const [first = 'everything is there', ...more] = changes;
    return { lines: [`${first}.`, ...more.map((change) => `${change}.`)], fact: { changes } };
  },
  examine: (at) => examineClickHouse(connectionTo(at)),
  rebuildTarget: (at) => clickHouseRebuildTarget(connectionTo(at)),
  eraser: (at) => clickHouseEraser(connectionTo(at)),
  find: (at, topic, sought, most) => eventsWithRows(connectionTo(at), topic, sought, most),
  countByType: (at, sinceMs) => countRowsByType(connectionTo(at), sinceMs),
  // Its tables have a TTL.
  expire: null,
};
