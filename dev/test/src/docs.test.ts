import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createProgram } from '@sluice/cli/program';
import { configSchema as ingress } from '@sluice/ingress/settings';
import { configSchema as normalizer } from '@sluice/normalizer/settings';
import { avroSchemas } from '@sluice/schemas/avro-schemas';
import { variableOf } from '@sluice/service/read-config';
import { configSchema as sinkClickHouse } from '@sluice/sink-clickhouse/settings';
import { configSchema as sinkElasticsearch } from '@sluice/sink-elasticsearch/settings';
import { readSources } from '@sluice/sources/read-sources';
import { configSchema as agentPanel } from '@sluice/agent-panel/settings';
import { vendors } from '@sluice/vendors';

const root = join(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const pages = [
  'README.md',
  'README.zh.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

test.each(pages)('%s: every link leads somewhere', (page) => {
  const links = [...read(page).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, link = '']) => link);
  for (const link of links.filter((one) => !one.startsWith('http'))) {
    expect([link, existsSync(join(root, dirname(page), link))]).toEqual([link, true]);
  }
});

test.each(pages)('%s: every file that it names in code is there', (page) => {
  const names = [
    ...read(page).matchAll(
      /`((?:services|vendors|libs|schemas|sdk|dev|testing|examples|config)\/[\w./-]+\.\w+)`/g,
    ),
  ].map(([, name = '']) => name);
  for (const name of names) expect([name, existsSync(join(root, name))]).toEqual([name, true]);
});

test.each(['vendor', 'sink', 'canonical topic', 'metric', 'alert', 'setting'])(
  'ARCHITECTURE.md lists the files that an added %s touches',
  (added) => {
    const [, section = ''] = read('ARCHITECTURE.md').split('## Where things are added\n');
    const [, said = ''] = new RegExp(`^- \\*\\*An? ${added}\\*\\*: ([^]*?)^(?:-|$)`, 'm').exec(section) ?? [];
    // That each is there is tested with all other links.
    expect(said.match(/\]\([^)]+\)/g)?.length ?? 0).toBeGreaterThanOrEqual(2);
  },
);

test('docs/reference/dead-letters.md explains every reason, and no other', () => {
  const schema = avroSchemas['dead-letter'].at(-1);
  const field = schema?.fields.find(({ name }) => name === 'reason');
  const { symbols } = field?.type as { symbols: readonly string[] };
  const explained = [...read('docs/reference/dead-letters.md').matchAll(/^\| `([A-Z_]+)`/gm)].map(
    ([, reason]) => reason,
  );
  expect(explained.sort()).toEqual(symbols.filter((symbol) => symbol !== 'UNKNOWN').sort());
});

test('docs/reference/configuration.md lists every setting, and no other', () => {
  const listed = new Set(
    [...read('docs/reference/configuration.md').matchAll(/^\| `(SLUICE_[A-Z_]+)`/gm)].map(
      ([, variable]) => variable,
    ),
  );
  const known = [ingress, normalizer, sinkClickHouse, sinkElasticsearch, agentPanel].flatMap((shape) =>
    Object.keys(shape).map(variableOf),
  );
  expect([...listed].sort()).toEqual([...new Set(known)].sort());
});

test('the sources file that docs/reference/configuration.md shows is one', () => {
  const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(read('docs/reference/configuration.md')) ?? [];
  const folder = mkdtempSync(join(tmpdir(), 'sluice-docs-'));
  mkdirSync(join(folder, 'secrets'));
  writeFileSync(join(folder, 'sources.yaml'), yaml);
  writeFileSync(join(folder, 'secrets/echat-token'), 'a token of the page');
  writeFileSync(join(folder, 'secrets/echat-aes-key'), 'A'.repeat(43));
  writeFileSync(join(folder, 'secrets/sobot-path-secret'), 's'.repeat(16));
  writeFileSync(join(folder, 'secrets/zendesk-signing-secret'), 'z'.repeat(32));
  writeFileSync(join(folder, 'secrets/panel-token'), 'token-of-the-panel');
  writeFileSync(join(folder, 'secrets/panel-ticket-key'), 'k'.repeat(32));
  const sources = readSources(join(folder, 'sources.yaml'), { OLD_ECHAT_TOKEN: 'o'.repeat(16) }, vendors);
  expect(sources.map(({ id }) => id)).toEqual(['shop-echat', 'shop-sobot', 'shop-zendesk']);
});

describe.each(['docs/guides/connect-a-vendor.md', 'docs/guides/connect-a-vendor.zh.md'])('%s', (page) => {
  const text = read(page);

  test('each sources file that it shows is one', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-docs-'));
    mkdirSync(join(folder, 'secrets'));
    const keys = {
      'shop-echat-token': 't'.repeat(16),
      'shop-echat-aes-key': 'A'.repeat(43),
      'shop-sobot-app-key': 'k'.repeat(12),
      'shop-sobot-aes-key': 'k'.repeat(8),
      'shop-sobot-path-secret': 's'.repeat(16),
      'shop-zendesk-signing-secret': 'z'.repeat(32),
      'shop-zendesk-path-secret': 'p'.repeat(16),
    };
    for (const [name, key] of Object.entries(keys)) writeFileSync(join(folder, 'secrets', name), key);
    const shown = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml = '']) => yaml);
    const ids = shown.map((yaml) => {
      writeFileSync(join(folder, 'sources.yaml'), yaml);
      return readSources(join(folder, 'sources.yaml'), {}, vendors).map(({ id }) => id);
    });
    expect(ids).toEqual([['shop-echat'], ['shop-sobot'], ['shop-sobot'], ['shop-zendesk']]);
  });

  test('each command that it shows is one of the command line, with these options', async () => {
    const program = await createProgram(() => undefined);
    const lines = [...text.matchAll(/^npx sluice (.+)$/gm)].map(([, line = '']) => line.split(' '));
    expect(lines).toHaveLength(2);
    for (const words of lines) {
      const isOption = (word: string): boolean => word.startsWith('--');
      const names = words.slice(0, words.findIndex(isOption));
      const command = names.reduce<typeof program | undefined>(
        (at, name) => at?.commands.find((one) => one.name() === name),
        program,
      );
      const known = command?.options.map(({ long }) => long);
      expect([names, known]).toEqual([names, expect.arrayContaining(words.filter(isOption))]);
    }
  });
});
