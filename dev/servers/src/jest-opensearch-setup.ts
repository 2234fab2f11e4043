import { startTestOpenSearch, type TestOpenSearch } from './test-opensearch.ts';

/** Jest may load the set-up and the teardown as separate copies of one module. */
type Shared = typeof globalThis & { sluiceTestOpenSearch?: TestOpenSearch };

/** Starts OpenSearch for the Jest projects whose tests need it, and tells them its address. */
export default async function start(): Promise<void> {
  const server = await startTestOpenSearch(({ message }) => process.stderr.write(`${message}\n`));
  (globalThis as Shared).sluiceTestOpenSearch = server;
  process.env.SLUICE_TEST_OPENSEARCH_URL = server.url;
}

/** The teardown. */
export async function stop(): Promise<void> {
  await (globalThis as Shared).sluiceTestOpenSearch?.stop();
}
