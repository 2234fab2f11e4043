import { join } from 'node:path';
import preset from '../../jest.preset.mjs';

const folder = import.meta.dirname;
const { projects } = preset('sink-elasticsearch', folder);
const servers = join(folder, '../../dev/servers/src');
const onOpenSearch = projects
  .filter(({ globalSetup }) => globalSetup !== undefined)
  .map((project) => ({
    ...project,
    displayName: 'sink-elasticsearch:opensearch:integration',
    globalSetup: join(servers, 'jest-opensearch-setup.ts'),
    globalTeardown: join(servers, 'jest-opensearch-teardown.ts'),
    setupFiles: [join(folder, 'testing/use-opensearch.ts')],
  }));

/** The integration tests run with Elasticsearch, and a second time with an OpenSearch of their own. */
export default { projects: [...projects, ...onOpenSearch] };
