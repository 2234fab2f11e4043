import { globSync } from 'node:fs';

/** All tests: the projects of every package, as each package's jest.config.mjs has them. */
const packages = ['schemas', 'libs/*', 'vendors', 'services/*', 'sdk/*', 'dev/*', 'testing/*'];
const configs = globSync(
  packages.map((folder) => `${folder}/jest.config.mjs`),
  { cwd: import.meta.dirname },
).sort();
const modules = await Promise.all(configs.map((file) => import(`./${file}`)));

export default { projects: modules.flatMap(({ default: { projects } }) => projects) };
