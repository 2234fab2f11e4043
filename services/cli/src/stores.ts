import { password } from './access.ts';

/** What the options of the two stores give. */
export interface StoreOptions {
  readonly clickhouse?: string;
  readonly clickhouseUser: string;
  readonly elasticsearch?: string;
  readonly elasticsearchUser?: string;
  readonly stream: string;
}

/** How ClickHouse is reached. A stream's tables are in the database of its name. */
export const clickHouseAt = (url: string, { clickhouseUser: username, stream }: StoreOptions) => ({
  ...{ url, username, password: password('CLICKHOUSE') },
  database: stream,
});

/** How Elasticsearch is reached. */
export const elasticsearchAt = (url: string, { elasticsearchUser: username, stream }: StoreOptions) => ({
  ...{ url, stream },
  ...(username ? { auth: { username, password: password('ELASTICSEARCH') } } : {}),
});
