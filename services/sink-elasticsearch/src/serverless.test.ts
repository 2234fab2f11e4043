import { startHttpServer, type Answered, type TestServer } from '@sluice/service/testing/http-server';
import { storedTopics } from '@sluice/schemas/topics';
import { product } from '../testing/with-server.ts';
import { installTemplates } from './install-templates.ts';

/**
 * The settings of an index that Elastic Cloud Serverless takes: those that Elasticsearch 8.19 marks `ServerlessPublic`
 * (IndexScopedSettings.BUILT_IN_INDEX_SETTINGS). It refuses a template with any other.
 */
const taken = [
  /^index\.analysis\./,
  /^index\.similarity\./,
  /^index\.sort\./,
  /^index\.blocks\.(metadata|read|read_only|write)$/,
  /^index\.mapping\.(coerce|ignore_above|ignore_malformed|synthetic_source_keep|total_fields\.limit)$/,
  /^index\.(codec|default_pipeline|final_pipeline|hidden|mode|query\.default_field|refresh_interval)$/,
];

interface Sent {
  readonly template: { readonly settings: Readonly<Record<string, unknown>> };
}

/** Answers as a serverless project, as far as a migration asks it. */
async function startProject(): Promise<TestServer & { readonly templates: Map<string, Sent> }> {
  const templates = new Map<string, Sent>();
  const answer = (method: string, path: string, body: string): Answered => {
    if (path === '/')
      return { status: 200, body: { version: { number: '8.11.0', build_flavor: 'serverless' } } };
    const [, name = ''] = /^\/_index_template\/(.*)/.exec(path) ?? [];
    const present = templates.get(name);
    if (name !== '' && method === 'GET')
      return present
        ? { status: 200, body: { index_templates: [{ name, index_template: present }] } }
        : { status: 404, body: { error: { type: 'resource_not_found_exception' }, status: 404 } };
    if (name !== '') {
      const sent = JSON.parse(body) as Sent;
      const refused = Object.keys(sent.template.settings).filter(
        (key) => !taken.some((one) => one.test(key)),
      );
      const reason = `Settings [${refused.join(',')}] are not available when running in serverless mode`;
      if (refused.length > 0)
        return { status: 400, body: { error: { type: 'illegal_argument_exception', reason }, status: 400 } };
      templates.set(name, sent);
    }
    return { status: method === 'HEAD' ? 404 : 200, body: {} };
  };
  const server = await startHttpServer(({ method = '', url = '' }, body) => ({
    ...answer(method, url.replace(/\?.*/, ''), body),
    headers: product,
  }));
  return { ...server, templates };
}

test('a serverless project takes every template, at first and again', async () => {
  const project = await startProject();
  for (const _round of [1, 2]) {
    await installTemplates({ url: project.url, stream: 'test' });
    expect(project.templates.size).toBe(storedTopics.length);
  }
  for (const { template } of project.templates.values())
    expect(template.settings).toMatchObject({ 'index.mapping.total_fields.limit': 1000 });
  await project.close();
});

test.each([{ shards: 2 }, { replicas: 0 }])('%j is refused before anything is written', async (option) => {
  const project = await startProject();
  await expect(installTemplates({ url: project.url, stream: 'test', ...option })).rejects.toThrow(
    'Elastic Cloud Serverless decides itself about shards and replicas: leave --elasticsearch-shards and --elasticsearch-replicas out.',
  );
  expect(project.templates.size).toBe(0);
  await project.close();
});
