import { join } from 'node:path';
import preset, { onOpenSearch } from '../../jest.preset.mjs';

const folder = import.meta.dirname;
const { projects } = preset('sink-elasticsearch', folder);

export default {
  projects: [...projects, ...onOpenSearch(projects, join(folder, 'testing/use-opensearch.ts'))],
};
